import "server-only";
import { z } from "zod";
import type { FormType } from "./generated";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";

const text = z.string().max(10_000).nullish();

const formSummary = z.object({
  id: heroId,
  title: z.string().max(1000),
  description: text,
  patient_title: text,
  patient_description: text,
  form_type: z.string().max(100).nullish(),
  reply_form: z.boolean().nullish(),
  snomed_code: text,
});

export type HeroFormSummary = z.infer<typeof formSummary>;

export type FormFilters = { readonly search?: string; readonly form_type?: FormType };

/** `GET /v1/forms`: the practice's forms, without their questions. Hero does the searching. */
export function fetchForms(
  hero: HeroConnection,
  { search, form_type }: FormFilters = {},
): Promise<HeroFormSummary[]> {
  const operation = { name: "listForms", method: "GET", path: "/v1/forms" } as const;
  const reply = z.object({ data: z.array(formSummary) }).transform(({ data }) => data);
  return request(hero, operation, { query: { search, form_type } }, reply);
}

// Only `form_question_id` and `name` are documented (assumption 48). Other properties are used when their shape is the
// likely one and ignored otherwise.
const formField = z.object({
  form_question_id: heroId,
  name: z.string().max(10_000),
  type: z.string().max(100).nullish().catch(null),
  required: z.boolean().nullish().catch(null),
  options: z
    .array(
      z.union([
        z.string(),
        z.object({ label: z.string() }).transform(({ label }) => label),
        z.object({ name: z.string() }).transform(({ name }) => name),
      ]),
    )
    .nullish()
    .catch(null),
});

const form = formSummary.extend({ fields: z.array(formField).max(1000) });

export type HeroForm = z.infer<typeof form>;

/** `GET /v1/forms/{id}`: one form with its questions, in the order patients see them. */
export function fetchForm(hero: HeroConnection, id: string): Promise<HeroForm> {
  const operation = { name: "getForm", method: "GET", path: "/v1/forms/{id}" } as const;
  return request(hero, operation, { path: { id } }, form);
}
