import "server-only";
import type { HeroError } from "../../hero/errors";
import type { PracticeWithKey } from "../practices/load-with-key";

/** How people call what Hero may complain about. */
const heroFieldLabels: Record<string, string | undefined> = {
  appointment_type_id: "appointment type",
  location_id: "location",
  practitioner_id: "practitioner",
  form_id: "form",
  patient_id: "patient id",
  from_date: "first day",
  to_date: "last day",
  expiry_date: "expiry",
  maximum_use_count: "uses",
};

/** Why Hero certainly made no link, and what it complained about. */
export function explainFailure(error: HeroError, practice: PracticeWithKey): string {
  if (error.code === "unauthorised") {
    return `${error.message} Replace the key of ${practice.name}. No link was made.`;
  }
  const fields = (error.details.fields ?? []).flatMap((field) => heroFieldLabels[field] ?? []);
  const fieldsSentence = fields.length > 0 ? ` It named: ${[...new Set(fields)].join(", ")}.` : "";
  if (error.operation === "createFormLink" && ["forbidden", "not_found"].includes(error.code)) {
    return `${error.message} Hero may not offer form links to ${practice.name} yet. No link was made.`;
  }
  return `${error.message}${fieldsSentence} No link was made.`;
}

/** What to know of a link whose making Hero never answered. */
export function explainUnknown(error: HeroError, practice: PracticeWithKey): string {
  return `${error.message} A link may exist at ${practice.name}. Check with the practice before making another.`;
}
