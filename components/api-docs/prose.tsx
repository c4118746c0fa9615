/** Text with code between backticks. */
export function Prose({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 1 ? (
      // The parts never change order.
      <code key={`${index} ${part}`} className="font-mono text-ink">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
