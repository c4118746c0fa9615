import { expect, type FrameLocator, type Page } from "@playwright/test";

/** The sandbox's stand-in for Hero's Message Builder. */
export function findMessageBuilder(root: Page | FrameLocator) {
  const host = root.locator("hh-message-builder");
  const field = host.getByRole("textbox", { name: "Message" });
  const write = (text: string) => field.fill(text);
  return {
    host,
    field,
    write,
    /** Sends a message and waits for the confirmation. */
    async send(text: string): Promise<void> {
      await write(text);
      await host.getByRole("button", { name: "Send" }).click();
      await expect(host.getByRole("status")).toBeVisible();
    },
  };
}
