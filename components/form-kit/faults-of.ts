/** The sentence beside each of these fields, out of a form's errors. */
export function faultsOf<Name extends string>(
  errors: Partial<Record<Name, { message?: string | undefined }>>,
  names: readonly Name[],
): Record<Name, string | undefined> {
  const faults = names.map((name) => [name, errors[name]?.message]);
  return Object.fromEntries(faults) as Record<Name, string | undefined>;
}
