/** A text of the description: what stands between backticks is code. */
export function Prose({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 1 ? (
      // The parts of a text never change places.
      <code key={`${index} ${part}`} className="font-mono text-ink">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
