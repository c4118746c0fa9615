import "server-only";
import type { HeroError } from "../../hero/errors";
import type { PracticeWithKey } from "../practices/load-with-key";

/** The words for the fields that Hero may reject. */
const heroFieldLabels: Record<string, string | undefined> = {
  appointment_type_id: "appointment type",
  location_id: "location",
  practitioner_id: "practitioner",
  form_id: "form",
  patient_id: "patient ID",
  from_date: "first date",
  to_date: "last date",
  expiry_date: "expiry date",
  maximum_use_count: "number of uses",
};

/** Hero documents only that these operations exist (assumptions 17 and 18). */
const guessedKinds: Record<string, string | undefined> = {
  createFormLink: "form",
  createVideoLink: "video",
};

/** Why Hero did not create the link, and the fields that it rejected. */
export function explainFailure(error: HeroError, practice: PracticeWithKey): string {
  if (error.code === "unauthorised") {
    return `${error.message} Replace the API key of ${practice.publicName}. No link was created.`;
  }
  const fields = (error.details.fields ?? []).flatMap((field) => heroFieldLabels[field] ?? []);
  const fieldsSentence =
    fields.length > 0 ? ` It rejected: ${[...new Set(fields)].join(", ")}.` : "";
  const kind = guessedKinds[error.operation];
  if (kind && ["forbidden", "not_found"].includes(error.code)) {
    return `${error.message} Hero may not offer ${kind} links to ${practice.publicName} yet. No link was created.`;
  }
  return `${error.message}${fieldsSentence} No link was created.`;
}

/** What people need to know about a link that Hero did not confirm. */
export function explainUnknown(error: HeroError, practice: PracticeWithKey): string {
  return `${error.message} The link may exist. Check with ${practice.publicName} before creating another.`;
}
