import { randomUUID } from "node:crypto";
import { expect, test } from "./fixtures";
import { signIn } from "./support/people";

test.use({ practiceGroupId: "30182" });

test("another tenant sees nothing of the first, not even that it exists", async ({
  page,
  otherBrowser,
  app,
  organisation,
  pageMonitor,
}) => {
  const link = await organisation.createLink({ name: "Only ours" });
  await page.goto(`${organisation.path}/links`);
  await expect(page.getByRole("link", { name: "Only ours" })).toBeVisible();

  const tenant = app.demo.tenants[1];
  const otherUser = tenant?.users.find((user) => user.role === "owner");
  if (!tenant || !otherUser) throw new Error("The demo has no second tenant.");
  const otherPage = await (await otherBrowser()).newPage();
  await signIn(otherPage, otherUser);
  const otherHome = `/${tenant.slug}/sandbox`;

  await test.step("lists and the palette contain nothing of it", async () => {
    for (const path of ["", "/links", "/practices", "/activity"]) {
      await otherPage.goto(otherHome + path);
      await expect(otherPage.getByRole("heading", { level: 1 })).toBeVisible();
      const main = otherPage.getByRole("main");
      await expect(main.getByText("Only ours")).toHaveCount(0);
      await expect(main.getByText(organisation.practice.name)).toHaveCount(0);
      await expect(main.getByText(link.appointmentType?.id ?? "", { exact: true })).toHaveCount(0);
    }
    await otherPage.getByRole("button", { name: "Search" }).click();
    const palette = otherPage.getByRole("dialog", { name: "Search and commands" });
    await palette.getByRole("combobox").fill(organisation.practice.name);
    await expect(palette.getByText("No results.")).toBeVisible();
    await palette.getByRole("combobox").fill(organisation.slug);
    await expect(palette.getByText("No results.")).toBeVisible();
  });

  await test.step("its addresses look like invented ones", async () => {
    pageMonitor.expectFailedResponses(404, /^\/[a-z0-9-]+\/sandbox/);
    const read = async (path: string) => {
      const reply = await otherPage.goto(path);
      await expect(otherPage.getByRole("heading", { level: 1, name: /not found/i })).toBeAttached();
      const { origin } = new URL(otherPage.url());
      return {
        status: reply?.status(),
        title: await otherPage.title(),
        text: await otherPage.locator("body").innerText(),
        home: await otherPage
          .getByRole("link", { name: /organisations/ })
          .first()
          .getAttribute("href"),
        origin,
      };
    };
    const urlPairs = [
      [organisation.path, `/nobody-${randomUUID().slice(0, 8)}/sandbox`],
      [`${organisation.path}/links/${link.id}`, `/nobody-at-all/sandbox/links/${link.id}`],
      [`${otherHome}/links/${link.id}`, `${otherHome}/links/${randomUUID()}`],
      [`${otherHome}/links/${link.id}/edit`, `${otherHome}/links/${randomUUID()}/edit`],
      [`${otherHome}/links/new?from=${link.id}`, `${otherHome}/links/new?from=${randomUUID()}`],
      [
        `${otherHome}/practices/${organisation.practice.id}`,
        `${otherHome}/practices/${randomUUID()}`,
      ],
      [
        `${otherHome}/links?practice=${organisation.practice.id}`,
        `${otherHome}/links?practice=${randomUUID()}`,
      ],
      [
        `${otherHome}?practice=${organisation.practice.id}`,
        `${otherHome}?practice=${randomUUID()}`,
      ],
    ] as const;
    for (const [existingUrl, unknownUrl] of urlPairs) {
      expect(await read(existingUrl), existingUrl).toEqual(await read(unknownUrl));
    }
  });

  await test.step("its owner still sees it", async () => {
    await page.reload();
    await expect(page.getByRole("link", { name: "Only ours" })).toBeVisible();
  });
});
