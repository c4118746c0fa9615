import type { Context } from "hono";
import type { BirthInput } from "./fields";

/** The text fields of a posted form, trimmed; anything else in it is passed over. */
export async function formTexts(c: Context): Promise<Map<string, string>> {
  const body = await c.req.parseBody().catch(() => ({}));
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === "string") texts.set(name, value.trim());
  }
  return texts;
}

export function birthInput(form: Map<string, string>): BirthInput {
  return {
    day: form.get("day") ?? "",
    month: form.get("month") ?? "",
    year: form.get("year") ?? "",
  };
}
