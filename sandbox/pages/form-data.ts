import type { Context } from "hono";
import type { DateOfBirthInput } from "./fields";

/** The text fields of a posted form, trimmed. */
export async function readFormFields(c: Context): Promise<Map<string, string>> {
  const body = await c.req.parseBody().catch(() => ({}));
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === "string") fields.set(name, value.trim());
  }
  return fields;
}

export function readDateOfBirth(form: Map<string, string>): DateOfBirthInput {
  return {
    day: form.get("day") ?? "",
    month: form.get("month") ?? "",
    year: form.get("year") ?? "",
  };
}
