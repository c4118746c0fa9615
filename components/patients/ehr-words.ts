import type { Agreement, ComparedField } from "@/server/schemas/patient-ehr";

const fieldNames: Record<ComparedField, string> = {
  lastName: "last name",
  firstName: "first name",
  dateOfBirth: "date of birth",
  sex: "sex",
  nhsNumber: "NHS number",
  postcode: "postcode",
};

/** "Same last name", "Different postcode": what a comparison says without colour. */
export function describeAgreement(field: ComparedField, agreement: Agreement): string {
  const name = fieldNames[field];
  if (agreement === "same") return `Same ${name}`;
  if (agreement === "different") return `Different ${name}`;
  if (agreement === "only_in_hero") return `No ${name} in the clinical record`;
  if (agreement === "only_in_record") return `No ${name} in Hero's record`;
  return `No ${name} in either record`;
}
