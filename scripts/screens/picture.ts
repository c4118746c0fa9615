import { expect, type Page } from "@playwright/test";

export const sizes = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 375, height: 720 },
} as const;

export type Size = keyof typeof sizes;
export type Show = (page: Page) => Promise<unknown>;
export type Picture = {
  name: string;
  show: Show;
  dark?: boolean;
  sizes?: readonly Size[];
  /** Cuts the picture of a list that goes on and on. */
  tallest?: number;
};

export const heading = (page: Page, name: string | RegExp) =>
  expect(page.getByRole("heading", { name }).first()).toBeVisible();

/** The screen at an address, once its heading is there. */
export const at =
  (path: string, awaited: string | RegExp): Show =>
  async (page) => {
    await page.goto(path);
    await heading(page, awaited);
  };
