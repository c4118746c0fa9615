import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import { type Lookup, createLookup, type NamedItem, type PracticeLists } from "./name-lookup";
import type { FieldName } from "./fields";
import type { RowCells } from "./row-cells";
import type { UploadSettings } from "./upload-settings";

type LinkSubject = Pick<
  BulkUploadRow,
  "practiceId" | "appointmentTypeId" | "locationId" | "practitionerId" | "formId"
>;

/** `defaultItem` is used for rows with an empty cell. `problem` says why the file's default does not apply. */
type FieldLookup = {
  lookUp: Lookup<NamedItem>;
  defaultItem: NamedItem | null;
  problem: string | null;
};

type PracticeLookups = {
  lists: PracticeLists;
  appointmentType: FieldLookup;
  location: FieldLookup;
  practitioner: FieldLookup;
  form: FieldLookup;
};

/** Ids are looked up in the row's own practice: another practice may use them for something else. */
export function createSubjectParser(
  settings: UploadSettings,
): (cells: RowCells) => LinkSubject | null {
  const { defaults, kind } = settings;
  const practices = new Map(
    settings.practices.map((lists) => [lists.id, createPracticeLookups(lists, settings)]),
  );
  const lookUpPractice = createLookup(
    settings.practices,
    "practice",
    "You have connected",
    ({ practiceGroupId }) => practiceGroupId,
  );

  function parsePractice(cells: RowCells): PracticeLookups | null {
    const cell = cells.text("practice");
    // A reported cell does not count as empty.
    if (cell.trim() === "" && cells.isFilled("practice")) return null;
    const result = cell.trim() === "" ? null : lookUpPractice(cell);
    if (result && "problem" in result) {
      cells.report("practice", "notRecognised", result.problem);
      return null;
    }
    const practice = practices.get(result?.item.id ?? defaults.practiceId) ?? null;
    if (!practice) cells.report("practice", "missing", "The practice is missing.");
    if (practice?.lists.problem) {
      cells.report("practice", "notRecognised", practice.lists.problem);
      return null;
    }
    return practice;
  }

  return (cells) => {
    const practice = parsePractice(cells);
    if (!practice) return null;
    const practiceId = practice.lists.id;
    if (kind === "form") {
      const formId = parseSubjectCell(cells, "form", practice.form, "The form is missing.");
      return formId ? { practiceId, formId } : null;
    }
    const appointmentTypeId = parseSubjectCell(
      cells,
      "appointmentType",
      practice.appointmentType,
      "The appointment type is missing.",
    );
    const locationId = parseSubjectCell(
      cells,
      "location",
      practice.location,
      "The location is missing.",
    );
    const practitionerId = parseSubjectCell(cells, "practitioner", practice.practitioner, null);
    if (!appointmentTypeId || !locationId) return null;
    return {
      practiceId,
      appointmentTypeId,
      locationId,
      ...(practitionerId ? { practitionerId } : {}),
    };
  };
}

/** @param missingMessage null for an optional field */
function parseSubjectCell(
  cells: RowCells,
  field: FieldName,
  { lookUp, defaultItem, problem }: FieldLookup,
  missingMessage: string | null,
): string | null {
  const cell = cells.text(field);
  if (cell.trim() === "") {
    if (cells.isFilled(field)) return null;
    if (defaultItem) return defaultItem.id;
    if (problem) cells.report(field, "notRecognised", problem);
    else if (missingMessage) cells.report(field, "missing", missingMessage);
    return null;
  }
  const result = lookUp(cell);
  if ("item" in result) return result.item.id;
  cells.report(field, "notRecognised", result.problem);
  return null;
}

function createPracticeLookups(
  lists: PracticeLists,
  { defaults, practices }: UploadSettings,
): PracticeLookups {
  const defaultPractice = practices.find(({ id }) => id === defaults.practiceId);
  const createFieldLookup = (
    itemNoun: string,
    items: readonly NamedItem[],
    defaultPracticeItems: readonly NamedItem[],
    defaultId: string,
    usesOnlyItem = false,
  ): FieldLookup => {
    const lookUp = createLookup(items, itemNoun, `${lists.name} has`);
    const onlyItem = usesOnlyItem && items.length === 1 ? (items[0] ?? null) : null;
    if (!defaultId) return { lookUp, defaultItem: onlyItem, problem: null };
    const selectedDefault = defaultPracticeItems.find(({ id }) => id === defaultId);
    // The default belongs to the file's practice. Other practices use their item with the same name.
    const defaultItem =
      lists.id === defaultPractice?.id
        ? selectedDefault
        : selectedDefault && itemOrUndefined(lookUp(selectedDefault.name));
    if (defaultItem ?? onlyItem)
      return { lookUp, defaultItem: defaultItem ?? onlyItem, problem: null };
    return {
      lookUp,
      defaultItem: null,
      problem: `${lists.name} has no ${itemNoun} “${selectedDefault?.name ?? ""}”.`,
    };
  };
  return {
    lists,
    appointmentType: createFieldLookup(
      "appointment type",
      lists.appointmentTypes,
      defaultPractice?.appointmentTypes ?? [],
      defaults.appointmentTypeId,
    ),
    location: createFieldLookup(
      "location",
      lists.locations,
      defaultPractice?.locations ?? [],
      defaults.locationId,
      lists.id !== defaultPractice?.id,
    ),
    practitioner: createFieldLookup(
      "practitioner",
      lists.practitioners,
      defaultPractice?.practitioners ?? [],
      defaults.practitionerId,
    ),
    form: createFieldLookup("form", lists.forms, defaultPractice?.forms ?? [], defaults.formId),
  };
}

const itemOrUndefined = (result: ReturnType<Lookup<NamedItem>>) =>
  "item" in result ? result.item : undefined;
