import {
  type PracticeDetailField,
  practiceDetailFields,
  type PracticeDetails,
} from "@/server/schemas/practices";

export const detailLabels: Record<PracticeDetailField, string> = {
  name: "Name",
  line1: "Address line 1",
  line2: "Address line 2",
  line3: "Address line 3",
  town: "Town",
  county: "County",
  postcode: "Postcode",
};

type OpenDetails = { [Field in PracticeDetailField]?: string | null | undefined };

/** The fields that differ, with what each had and has. */
export const compareDetails = (before: OpenDetails, after: OpenDetails) =>
  practiceDetailFields.flatMap((field) => {
    const [from, to] = [before[field] ?? null, after[field] ?? null];
    return from === to ? [] : [{ field, label: detailLabels[field], from, to }];
  });

/** The lines of an address that are not blank. */
export const addressLines = (details: PracticeDetails): string[] =>
  practiceDetailFields.flatMap((field) =>
    field === "name" || details[field] === null ? [] : [details[field]],
  );
