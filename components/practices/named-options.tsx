type NamedOptionsProps = {
  /** The option for none of them. */
  none: string;
  items: readonly { id: string; name: string }[];
};

/** The options of a select, from one of Hero's lists. */
export function NamedOptions({ none, items }: NamedOptionsProps) {
  return (
    <>
      <option value="">{none}</option>
      {items.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </>
  );
}
