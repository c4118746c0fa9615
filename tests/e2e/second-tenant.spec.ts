import { randomUUID } from "node:crypto";
import { expect, test } from "./fixtures";
import { signIn } from "./support/people";

test.use({ practiceGroupId: "30182" });

test("the other tenant sees none of it, not even that it exists", async ({
  page,
  elsewhere,
  house,
  office,
  watch,
}) => {
  const link = await office.makeLink({ name: "Only ours" });
  await page.goto(`${office.path}/links`);
  await expect(page.getByRole("link", { name: "Only ours" })).toBeVisible();

  const tenant = house.demo.tenants[1];
  const stranger = tenant?.users.find((user) => user.role === "owner");
  if (!tenant || !stranger) throw new Error("The demo has no second tenant.");
  const theirs = await (await elsewhere()).newPage();
  await signIn(theirs, stranger);
  const home = `/${tenant.slug}/sandbox`;

  await test.step("lists and the palette hold nothing of it", async () => {
    for (const room of ["", "/links", "/practices", "/activity"]) {
      await theirs.goto(home + room);
      await expect(theirs.getByRole("heading", { level: 1 })).toBeVisible();
      const main = theirs.getByRole("main");
      await expect(main.getByText("Only ours")).toHaveCount(0);
      await expect(main.getByText(office.practice.name)).toHaveCount(0);
      await expect(main.getByText(link.appointmentType?.id ?? "", { exact: true })).toHaveCount(0);
    }
    await theirs.getByRole("button", { name: "Search" }).click();
    const palette = theirs.getByRole("dialog", { name: "Search and commands" });
    await palette.getByRole("combobox").fill(office.practice.name);
    await expect(palette.getByText("Nothing has this name.")).toBeVisible();
    await palette.getByRole("combobox").fill(office.slug);
    await expect(palette.getByText("Nothing has this name.")).toBeVisible();
  });

  await test.step("addresses of it look like invented ones", async () => {
    watch.expectRefusals(404, /^\/[a-z0-9-]+\/sandbox/);
    const read = async (path: string) => {
      const reply = await theirs.goto(path);
      await expect(theirs.getByRole("heading", { name: /not found/i })).toBeAttached();
      const { origin } = new URL(theirs.url());
      return {
        status: reply?.status(),
        title: await theirs.title(),
        text: await theirs.locator("body").innerText(),
        home: await theirs
          .getByRole("link", { name: /organisations/ })
          .first()
          .getAttribute("href"),
        origin,
      };
    };
    const pairs = [
      [office.path, `/nobody-${randomUUID().slice(0, 8)}/sandbox`],
      [`${office.path}/links/${link.id}`, `/nobody-at-all/sandbox/links/${link.id}`],
      [`${home}/links/${link.id}`, `${home}/links/${randomUUID()}`],
      [`${home}/links/${link.id}/edit`, `${home}/links/${randomUUID()}/edit`],
      [`${home}/links/new?from=${link.id}`, `${home}/links/new?from=${randomUUID()}`],
      [`${home}/practices/${office.practice.id}`, `${home}/practices/${randomUUID()}`],
      [`${home}/links?practice=${office.practice.id}`, `${home}/links?practice=${randomUUID()}`],
      [`${home}?practice=${office.practice.id}`, `${home}?practice=${randomUUID()}`],
    ] as const;
    for (const [ours, invented] of pairs) {
      expect(await read(ours), ours).toEqual(await read(invented));
    }
  });

  await test.step("its owner still sees it", async () => {
    await page.reload();
    await expect(page.getByRole("link", { name: "Only ours" })).toBeVisible();
  });
});
