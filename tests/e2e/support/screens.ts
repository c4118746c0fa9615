import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, type App, test as base } from "../fixtures";
import { type SampleOrganisation, createSampleOrganisation } from "./sample-organisation";
import { createApiClient } from "./people";
import { expectAccessible, expectNoHorizontalScroll } from "./assertions";
import type { PageMonitor } from "./page-monitor";

type WorkerFixtures = {
  /** Created once for each worker; these tests change nothing. */
  sample: SampleOrganisation;
  /** The path of an empty organisation. */
  emptyPath: string;
};

// One practice for each worker, so that neither uses up the other's faults.
const practices = ["kingsway-31", "30298"];

export const test = base.extend<object, WorkerFixtures>({
  sample: [
    async ({ browser, app, owner }, use, { parallelIndex }) => {
      const context = await browser.newContext({ storageState: owner.storageState });
      const api = await createApiClient(context, app.url);
      const practiceGroupId = practices[parallelIndex % practices.length] ?? "";
      await use(
        await createSampleOrganisation(api, app.sandbox, {
          practiceGroupId,
          secondGroupId: "30297",
        }),
      );
      await context.close();
    },
    { scope: "worker" },
  ],
  emptyPath: [
    async ({ browser, app, owner }, use) => {
      const context = await browser.newContext({ storageState: owner.storageState });
      const { account } = await createApiClient(context, app.url);
      const slug = `empty-${randomUUID().slice(0, 13)}`;
      await account.createOrganisation.mutate({ name: "Not Begun Yet", slug });
      await use(`/${slug}/sandbox`);
      await context.close();
    },
    { scope: "worker" },
  ],
});

type ScreenContext = {
  page: Page;
  app: App;
  sample: SampleOrganisation;
  emptyPath: string;
  pageMonitor: PageMonitor;
};
export type Screen = {
  name: string;
  title: string | RegExp;
  /** Opens the screen and waits until it is complete. */
  open: (context: ScreenContext) => Promise<unknown>;
};

/**
 * Checks a screen at 1280 px, at phone widths of 375 and 320 px, and at 1280 px zoomed to 400 %, in light
 * and dark mode. Motion is off, so that no transition is caught midway.
 */
export async function expectScreen(page: Page): Promise<void> {
  const light = { colorScheme: "light", reducedMotion: "reduce" } as const;
  const dark = { ...light, colorScheme: "dark" } as const;
  for (const [width, height, phone] of [
    [1280, 900, false],
    [375, 700, true],
    [320, 640, true],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expectNoHorizontalScroll(page);
    // The two phone widths look alike: one is checked in dark mode, the other in light mode.
    if (!phone || width === 320) {
      await page.emulateMedia(light);
      await expectAccessible(page);
    }
    if (!phone || width === 375) {
      await page.emulateMedia(dark);
      await expectAccessible(page, "visual");
    }
  }
  await page.setViewportSize({ width: 320, height: 225 });
  await expectNoHorizontalScroll(page);
}

async function expectTitle(
  page: Page,
  title: string | RegExp,
  sample: SampleOrganisation,
): Promise<void> {
  await expect(page).toHaveTitle(title);
  const actualTitle = await page.title();
  for (const { firstName, lastName, patientId, nhsNumber } of sample.patients) {
    for (const secret of [firstName, lastName, patientId, nhsNumber]) {
      expect(actualTitle).not.toContain(secret);
    }
  }
}

export const heading = (page: Page, name: string | RegExp) =>
  page.getByRole("heading", { name }).first();
export const portalTitle = (name: string) => `${name} – Partner Portal`;
/** The title of an organisation's page; `pattern` is the part before the organisation. */
export const tenantTitle = (pattern: string) =>
  new RegExp(`^${pattern} – .+ \\((Sandbox|Staging|Production)\\)$`);

export async function goTo(
  page: Page,
  path: string,
  expectedHeading: string | RegExp,
): Promise<void> {
  await page.goto(path);
  await expect(heading(page, expectedHeading)).toBeAttached();
}

/** One test for each screen, which checks its title, layout and accessibility. */
export function testScreens(screens: Screen[], { isSignedIn }: { isSignedIn: boolean }): void {
  test.describe.configure({ mode: "parallel" });
  for (const screen of screens) {
    test(`screen: ${screen.name}`, async ({
      page,
      context,
      app,
      owner,
      sample,
      emptyPath,
      pageMonitor,
    }) => {
      if (isSignedIn) await context.addCookies(owner.storageState.cookies);
      await screen.open({ page, app, sample, emptyPath, pageMonitor });
      await expectTitle(page, screen.title, sample);
      await expectScreen(page);
    });
  }
}

export { expect };
