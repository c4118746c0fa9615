import type { PracticeOption } from "@/server/schemas/practices";
import { makeFinder } from "../reader/catalogue";
import type { Columns } from "../reader/fields";
import type { AskReader } from "../reader/use-reader";

const mostDifferent = 2_000;

/** The practices that a file's rows name, and the file's own. */
export async function findNamedPractices(
  ask: AskReader,
  columns: Columns,
  practices: readonly PracticeOption[],
  ownId: string,
): Promise<PracticeOption[]> {
  const column = columns.practice;
  const texts = column === undefined ? [] : await ask("distinct", { column, most: mostDifferent });
  const find = makeFinder(
    practices,
    "practice",
    "You have connected",
    ({ practiceGroupId }) => practiceGroupId,
  );
  const ids = new Set([ownId]);
  for (const text of texts) {
    const found = find(text);
    if ("item" in found) ids.add(found.item.id);
  }
  return practices.filter(({ id }) => ids.has(id));
}
