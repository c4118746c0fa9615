import type { PracticeOption } from "@/server/schemas/practices";
import { createLookup } from "../reader/name-lookup";
import type { ColumnMapping } from "../reader/fields";
import type { CallWorker } from "../reader/use-file-worker";

const maxDistinctValues = 2_000;

/** The practices named in the file's rows, and the default one. */
export async function listNamedPractices(
  callWorker: CallWorker,
  columns: ColumnMapping,
  practices: readonly PracticeOption[],
  defaultPracticeId: string,
): Promise<PracticeOption[]> {
  const column = columns.practice;
  const cellTexts =
    column === undefined
      ? []
      : await callWorker("distinctValues", { column, maxCount: maxDistinctValues });
  const lookUp = createLookup(
    practices,
    "practice",
    "You have connected",
    ({ practiceGroupId }) => practiceGroupId,
  );
  const ids = new Set([defaultPracticeId]);
  for (const cellText of cellTexts) {
    const result = lookUp(cellText);
    if ("item" in result) ids.add(result.item.id);
  }
  return practices.filter(({ id }) => ids.has(id));
}
