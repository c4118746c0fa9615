import { expect, test } from "./fixtures";
import { expectAccessible, expectNoHorizontalScroll } from "./support/assertions";
import { send, startPageServer } from "./support/page-server";

test.use({ practiceGroupId: "30298" });

const embedUrls = (url: string) => {
  const { port } = new URL(url);
  return { portal: url, elements: `http://elements.localhost:${port}` };
};

test("a pasted page is checked in the browser, and its problems are gone once they are fixed", async ({
  page,
  app,
  organisation,
}) => {
  const { portal } = embedUrls(app.url);
  const placement = await organisation.createPlacement();
  const checker = `${organisation.path}/elements/checker?placement=${placement.id}`;
  // Each page of the placement links here and preselects it.
  for (const suffix of ["", "/designer", "/code"]) {
    await page.goto(`${organisation.path}/elements/${placement.id}${suffix}`);
    await page.getByRole("link", { name: "Embed checker" }).click();
    await expect(page).toHaveURL(checker);
    await expect(page.getByLabel("Placement")).toHaveValue(placement.id);
  }
  await expect(page.getByRole("button", { name: "Check page" })).toBeDisabled();
  await expectAccessible(page);

  const requestUrls: string[] = [];
  page.on("request", (request) => requestUrls.push(request.url()));
  await page.getByLabel("Page address").fill("https://other.example.org/patients/4010232137");
  await page
    .getByLabel("Response headers")
    .fill("HTTP/2 200\ncontent-security-policy: script-src 'self'; connect-src 'self'");
  await page
    .getByLabel("HTML")
    .fill('<hh-message-builder api-key="k" jwt-token="x"></hh-message-builder>');
  await page.getByRole("button", { name: "Check page" }).click();
  for (const text of [
    "The page has an api-key attribute",
    "has no env",
    "https://other.example.org is not one of the placement's allowed origins",
    "(script-src) blocks the loader",
    "(connect-src) blocks calls to the portal",
  ]) {
    await expect(page.getByRole("listitem").filter({ hasText: text })).toBeVisible();
  }
  const scripts = new URL(app.sandbox.url).origin;
  await expect(
    page.getByText(`script-src 'self' ${portal} ${scripts}`, { exact: true }),
  ).toBeVisible();
  await expectAccessible(page);
  await expectNoHorizontalScroll(page);
  expect(requestUrls).toEqual([]);

  await page.getByLabel("Page address").fill("https://app.example.org");
  await page.getByLabel("Response headers").fill("cache-control: no-store");
  await page
    .getByLabel("HTML")
    .fill(
      `<script src="${portal}/embed/v2.js" crossorigin></script><hero-placement></hero-placement>`,
    );
  await page.getByRole("button", { name: "Check page" }).click();
  await expect(page.getByRole("status").getByText("No problems found")).toBeVisible();
});

test("the checker's snippet finds problems of the live page, and sends none of its content", async ({
  browser,
  app,
  organisation,
}) => {
  const { portal, elements } = embedUrls(app.url);
  const sandbox = new URL(app.sandbox.url).origin;
  let policy = "";
  const server = await startPageServer((request, response) => {
    if (request.url !== "/") return send(response, "text/html", "", {}, 404);
    send(
      response,
      "text/html",
      `<!doctype html><html lang="en"><head><title>Patient 4010232137</title>
<script src="${portal}/embed/checker-v2.js" crossorigin
  data-env="staging" data-scripts="${sandbox}" data-hero="${sandbox}" data-elements="${elements}"></script>
<script src="${portal}/embed/v2.js" crossorigin async></script></head>
<body><h1>Record</h1><hh-message-builder api-key="k"></hh-message-builder>
<hero-placement session="hes_${"a".repeat(43)}"></hero-placement></body></html>`,
      { "content-security-policy": policy },
    );
  });
  const origin = `http://partner.localhost:${server.port}`;
  await organisation.createPlacement({
    origins: [origin],
  });
  // This page has errors on purpose, so it does not come from the fixture that fails on them.
  const context = await browser.newContext();
  const page = await context.newPage();
  const bodies: string[] = [];
  page.on("request", (request) => bodies.push(`${request.url()} ${request.postData() ?? ""}`));

  policy = `script-src ${portal}; connect-src 'self' ${portal}; style-src 'unsafe-inline'`;
  await page.goto(origin);
  const checker = page.getByRole("region", { name: "Embed checker" });
  await expect(checker.getByText("blocks Hero's script")).toBeVisible();
  await expect(checker.getByText(`script-src ${portal} ${sandbox}`, { exact: true })).toBeVisible();
  await expect(checker.getByText("has an api-key attribute")).toBeVisible();
  await expect(checker.getByText("has no env")).toBeVisible();
  await expect(checker.getByText("The loader reported: token-refused.")).toBeVisible();
  await expect(checker.getByText("is not an allowed origin of any placement")).toBeHidden();

  // The same page on an origin that no placement allows.
  await page.goto(`http://stranger.localhost:${server.port}`);
  await expect(checker.getByText("is not an allowed origin of any placement")).toBeVisible();
  await checker.getByRole("button", { name: "Close" }).click();
  await expect(checker).toBeHidden();

  const otherRequests = bodies.filter((body) => !body.startsWith("http://partner.localhost"));
  expect(otherRequests.join("\n")).not.toContain("4010232137");
  expect(otherRequests.join("\n")).not.toContain("Record");
  await context.close();
  await server.stop();
});

test("the checker's snippet lists everything the browser blocks during loading once", async ({
  browser,
  app,
}) => {
  const { portal, elements } = embedUrls(app.url);
  const sandbox = new URL(app.sandbox.url).origin;
  let tag = "";
  let policy = "";
  const server = await startPageServer((request, response) => {
    // The checker cannot read the policy here; it only sees violations.
    if (request.method === "HEAD") return void response.writeHead(405).end();
    const path = "/message-builder/web-component/latest.js";
    send(
      response,
      "text/html",
      `<!doctype html><html lang="en"><head><title>Partner</title>${tag}
<script src="${sandbox}${path}" async></script><script src="${sandbox}${path}?again" async></script></head>
<body><h1>Record</h1></body></html>`,
      { "content-security-policy": policy },
    );
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  const checker = page.getByRole("region", { name: "Embed checker" });

  tag = `<script src="${portal}/embed/checker-v2.js" crossorigin data-env="staging"
    data-scripts="${sandbox}" data-hero="${sandbox}" data-elements="${elements}"></script>`;
  policy = `default-src 'self'; script-src ${portal}`;
  await page.goto(`http://partner.localhost:${server.port}`);
  await expect(checker.getByRole("status")).toHaveText("Embed checker: 2 problems found");
  await expect(checker.getByText(`script-src ${portal} ${sandbox}`, { exact: true })).toBeVisible();
  await expect(checker.getByText(`connect-src 'self' ${portal}`, { exact: true })).toBeVisible();

  // A tag without the portal's addresses.
  tag = `<script src="${portal}/embed/checker-v2.js" crossorigin></script>`;
  await page.goto(`http://partner.localhost:${server.port}`);
  await expect(checker.getByText("The checker's script tag is incomplete.")).toBeVisible();
  await context.close();
  await server.stop();
});
