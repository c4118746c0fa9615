import { expect, type Locator, type Page } from "@playwright/test";

/** The three boxes of a date: "Expiry date". */
const dateGroup = (page: Page | Locator, label: string) =>
  page.getByRole("group", { name: new RegExp(`^${label}( \\(optional\\))?$`) });

/** The first box, which is described by the date's error. */
export const dayBox = (page: Page | Locator, label: string) =>
  dateGroup(page, label).getByLabel("Day", { exact: true });

const splitDate = (date: string) => {
  const [year = "", month = "", day = ""] = date.split("-");
  return { Day: day.replace(/^0/, ""), Month: month.replace(/^0/, ""), Year: year };
};

/** Fills in a date, given as `YYYY-MM-DD`, or empties it. */
export async function fillDate(page: Page | Locator, label: string, date: string): Promise<void> {
  for (const [box, text] of Object.entries(splitDate(date)))
    await dateGroup(page, label).getByLabel(box, { exact: true }).fill(text);
}

export async function expectDate(page: Page | Locator, label: string, date: string): Promise<void> {
  for (const [box, text] of Object.entries(splitDate(date)))
    await expect(dateGroup(page, label).getByLabel(box, { exact: true })).toHaveValue(text);
}

/** Pastes into one box, as from the clipboard. */
export async function pasteDate(
  page: Page | Locator,
  { label, box, text }: { label: string; box: "Day" | "Month" | "Year"; text: string },
): Promise<void> {
  await dateGroup(page, label)
    .getByLabel(box, { exact: true })
    .evaluate((input, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text", pasted);
      const options = { clipboardData, bubbles: true, cancelable: true };
      input.dispatchEvent(new ClipboardEvent("paste", options));
    }, text);
}
