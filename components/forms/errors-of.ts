/** The error message of each of these fields. */
export function errorsOf<Name extends string>(
  errors: Partial<Record<Name, { message?: string | undefined }>>,
  names: readonly Name[],
): Record<Name, string | undefined> {
  const messages = names.map((name) => [name, errors[name]?.message]);
  return Object.fromEntries(messages) as Record<Name, string | undefined>;
}
