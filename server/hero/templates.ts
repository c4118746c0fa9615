import "server-only";
import { z } from "zod";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";
import { fieldsOf, findList, firstText } from "./undocumented";

export type HeroTemplate = { id: string; name: string; text: string };

/** Null for a template without an ID or a text. */
function readTemplate(value: unknown): HeroTemplate | null {
  const fields = fieldsOf(value);
  const id = heroId.safeParse(fields.id ?? fields.template_id).data;
  const body = firstText(fields.text, fields.content, fields.body, fields.message);
  if (!id || !body) return null;
  return { id, name: firstText(fields.name, fields.title) ?? `Template ${id}`, text: body };
}

/**
 * `GET /v1/templates`: the practice's message templates. The reply is not documented (assumption 69): what
 * cannot be read is left out, and `problem` says so in a sentence.
 */
export async function listTemplates(
  hero: HeroConnection,
): Promise<{ templates: HeroTemplate[]; problem: string | null }> {
  const operation = { name: "listTemplates", method: "GET", path: "/v1/templates" } as const;
  const list = findList(await request(hero, operation, {}, z.unknown()), "data", "templates");
  if (!list) return { templates: [], problem: "Hero's list of templates could not be read." };
  const templates = list.map(readTemplate).filter((template) => template !== null);
  const problem =
    templates.length < list.length
      ? `${list.length - templates.length} of Hero's ${list.length} templates could not be read.`
      : null;
  return { templates, problem };
}
