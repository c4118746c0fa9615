import type { Description, Operation, Part } from "./description";

export type Difference = {
  /** Such as `POST /v1/booking_links`; empty for what all operations share. */
  route: string;
  text: string;
  /** Whether it can break a client that follows our contract. */
  isBreaking: boolean;
};

/** Every difference of `theirs` from `ours`, by operation and part. */
export function compareDescriptions(ours: Description, theirs: Description): Difference[] {
  return [
    ...compareSettings(ours, theirs),
    ...[...ours.operations.values()].flatMap((operation) => {
      const other = theirs.operations.get(operation.route);
      return other ? compareOperation(operation, other) : [reportMissing(operation, theirs)];
    }),
    ...[...theirs.operations.values()]
      .filter(({ route }) => !ours.operations.has(route))
      .map(({ route }) => ({ route, text: "new operation", isBreaking: false })),
  ];
}

function compareSettings(ours: Description, theirs: Description): Difference[] {
  const names = new Set([...ours.settings.keys(), ...theirs.settings.keys()]);
  return [...names].flatMap((name) => {
    const [before, after] = [ours.settings.get(name), theirs.settings.get(name)];
    if (before === after) return [];
    const isBreaking = name.startsWith("security") && before !== undefined;
    return [{ route: "", text: `${name}: ${change(before, after)}`, isBreaking }];
  });
}

function reportMissing(operation: Operation, theirs: Description): Difference {
  const moved = findOperationById(theirs, operation.id);
  const text = moved ? `moved to ${moved.route}` : "operation removed";
  return { route: operation.route, text, isBreaking: true };
}

/** The operation with this operationId, ignoring case. */
export function findOperationById(description: Description, id: string): Operation | undefined {
  return [...description.operations.values()].find(
    (operation) => id !== "" && operation.id.toLowerCase() === id.toLowerCase(),
  );
}

function compareOperation(ours: Operation, theirs: Operation): Difference[] {
  const { route } = ours;
  const differences: Difference[] = [];
  const report = (text: string, isBreaking: boolean) =>
    differences.push({ route, text, isBreaking });
  if (ours.id !== theirs.id) report(`operationId: ${change(ours.id, theirs.id)}`, false);
  const removed: string[] = [];
  for (const [name, part] of ours.parts) {
    const other = theirs.parts.get(name);
    if (other) {
      for (const text of compareParts(part, other)) {
        report(`${name}: ${text}`, isBreakingChange(name, part, other, text));
      }
    } else if (!isInside(removed, name)) {
      removed.push(name);
      report(`${name}: removed`, !isFailure(name));
    }
  }
  const added: string[] = [];
  for (const [name, part] of theirs.parts) {
    if (ours.parts.has(name) || isInside(added, name)) continue;
    added.push(name);
    report(`${name}: added${part.required ? ", required" : ""}`, isRequest(name) && part.required);
  }
  return differences;
}

const isInside = (parents: string[], name: string) =>
  parents.some((parent) => [".", "[", "|"].some((mark) => name.startsWith(parent + mark)));
const isRequest = (name: string) => /^(body|query|path|header|cookie|security)\b/.test(name);
const isFailure = (name: string) => /^(status )?([345]|default)/.test(name);

const quote = (text: string | undefined) => (text ? `“${text}”` : "none");
const change = (before: string | undefined, after: string | undefined) =>
  `${quote(before)} is now ${quote(after)}`;

function compareParts(ours: Part, theirs: Part): string[] {
  const texts: string[] = [];
  if (ours.required !== theirs.required) {
    texts.push(theirs.required ? "now required" : "no longer required");
  }
  for (const key of ["type", "values", "pattern", "rules"] as const) {
    if (ours[key] !== theirs[key]) texts.push(`${key} ${change(ours[key], theirs[key])}`);
  }
  return texts;
}

/** In a request everything stricter breaks; in a response everything that promises less. */
function isBreakingChange(name: string, ours: Part, theirs: Part, text: string): boolean {
  if (isFailure(name)) return false;
  if (text.startsWith("type ")) return ours.type !== "" && theirs.type !== "";
  if (!isRequest(name)) return text === "no longer required" && !ours.isInferred;
  if (text === "now required") return true;
  if (text.startsWith("values ")) {
    const allowed = theirs.values.split(", ");
    return (
      theirs.values !== "" && !ours.values.split(", ").every((value) => allowed.includes(value))
    );
  }
  return text.startsWith("pattern ") && theirs.pattern !== "";
}
