import type { BulkRow } from "@/server/schemas/bulk";
import { type Finder, makeFinder, type Named, type PracticeLists } from "./catalogue";
import type { FieldName } from "./fields";
import type { RowCells } from "./read-row";
import type { Setup } from "./setup";

type What = Pick<
  BulkRow,
  "practiceId" | "appointmentTypeId" | "locationId" | "practitionerId" | "formId"
>;

/** One of a practice's lists, and which of it a row takes that names none: null where it must. */
type Choice = { find: Finder<Named>; usual: Named | null; fault: string | null };

type Practice = {
  lists: PracticeLists;
  appointmentType: Choice;
  location: Choice;
  practitioner: Choice;
  form: Choice;
};

/** Which practice's link a row asks for, and what of. Ids of one practice mean nothing at another. */
export function makeWhatReader(setup: Setup): (cells: RowCells) => What | null {
  const { defaults, kind } = setup;
  const practices = new Map(setup.practices.map((lists) => [lists.id, openPractice(lists, setup)]));
  const findPractice = makeFinder(
    setup.practices,
    "practice",
    "You have connected",
    ({ practiceGroupId }) => practiceGroupId,
  );

  function readPractice(cells: RowCells): Practice | null {
    const cell = cells.text("practice");
    // A cell that was reported is not as good as an empty one.
    if (cell.trim() === "" && cells.isFilled("practice")) return null;
    const found = cell.trim() === "" ? null : findPractice(cell);
    if (found && "fault" in found) {
      cells.report("practice", "notKnown", found.fault);
      return null;
    }
    const practice = practices.get(found?.item.id ?? defaults.practiceId) ?? null;
    if (!practice) cells.report("practice", "missing", "The practice is missing.");
    if (practice?.lists.problem) {
      cells.report("practice", "notKnown", practice.lists.problem);
      return null;
    }
    return practice;
  }

  return (cells) => {
    const practice = readPractice(cells);
    if (!practice) return null;
    const practiceId = practice.lists.id;
    if (kind === "form") {
      const formId = readChoice(cells, "form", practice.form, "The form is missing.");
      return formId ? { practiceId, formId } : null;
    }
    const appointmentTypeId = readChoice(
      cells,
      "appointmentType",
      practice.appointmentType,
      "The appointment type is missing.",
    );
    const locationId = readChoice(cells, "location", practice.location, "The location is missing.");
    const practitionerId = readChoice(cells, "practitioner", practice.practitioner, null);
    if (!appointmentTypeId || !locationId) return null;
    return {
      practiceId,
      appointmentTypeId,
      locationId,
      ...(practitionerId ? { practitionerId } : {}),
    };
  };
}

/** @param missing what to say where neither row nor file names one; null where none is needed */
function readChoice(
  cells: RowCells,
  field: FieldName,
  { find, usual, fault }: Choice,
  missing: string | null,
): string | null {
  const cell = cells.text(field);
  if (cell.trim() === "") {
    if (cells.isFilled(field)) return null;
    if (usual) return usual.id;
    if (fault) cells.report(field, "notKnown", fault);
    else if (missing) cells.report(field, "missing", missing);
    return null;
  }
  const found = find(cell);
  if ("item" in found) return found.item.id;
  cells.report(field, "notKnown", found.fault);
  return null;
}

function openPractice(lists: PracticeLists, { defaults, practices }: Setup): Practice {
  const own = practices.find(({ id }) => id === defaults.practiceId);
  const open = (
    what: string,
    items: readonly Named[],
    ownItems: readonly Named[],
    usualId: string,
    takesOnly = false,
  ): Choice => {
    const find = makeFinder(items, what, `${lists.name} has`);
    const only = takesOnly && items.length === 1 ? (items[0] ?? null) : null;
    if (!usualId) return { find, usual: only, fault: null };
    const wanted = ownItems.find(({ id }) => id === usualId);
    // The file's choice is one of the file's practice: elsewhere the same name is what is meant.
    const found = lists.id === own?.id ? wanted : wanted && itemOf(find(wanted.name));
    if (found ?? only) return { find, usual: found ?? only, fault: null };
    return { find, usual: null, fault: `${lists.name} has no ${what} “${wanted?.name ?? ""}”.` };
  };
  return {
    lists,
    appointmentType: open(
      "appointment type",
      lists.appointmentTypes,
      own?.appointmentTypes ?? [],
      defaults.appointmentTypeId,
    ),
    location: open(
      "location",
      lists.locations,
      own?.locations ?? [],
      defaults.locationId,
      lists.id !== own?.id,
    ),
    practitioner: open(
      "practitioner",
      lists.practitioners,
      own?.practitioners ?? [],
      defaults.practitionerId,
    ),
    form: open("form", lists.forms, own?.forms ?? [], defaults.formId),
  };
}

const itemOf = (found: ReturnType<Finder<Named>>) => ("item" in found ? found.item : undefined);
