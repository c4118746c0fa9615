import { expect, type Page } from "@playwright/test";

export const deviceSizes = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 375, height: 720 },
} as const;

type Device = keyof typeof deviceSizes;
export type OpenScreen = (page: Page) => Promise<unknown>;
export type Screenshot = {
  name: string;
  open: OpenScreen;
  hasDarkVersion?: boolean;
  devices?: readonly Device[];
  /** Cuts the picture of a list that goes on and on. */
  maxHeight?: number;
};

export const expectHeading = (page: Page, name: string | RegExp) =>
  expect(page.getByRole("heading", { name }).first()).toBeVisible();

/** The screen at an address, once its heading is there. */
export const openAt =
  (path: string, headingName: string | RegExp): OpenScreen =>
  async (page) => {
    await page.goto(path);
    await expectHeading(page, headingName);
  };

/** A page with a chart, once the library has drawn it: then the canvas has a size of its own. */
export const openWithChart =
  (path: string): OpenScreen =>
  async (page) => {
    await page.goto(path);
    await expect(page.locator("canvas").first()).toHaveAttribute("width", /\d/);
  };
