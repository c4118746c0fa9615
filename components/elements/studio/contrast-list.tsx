import { Badge } from "@/components/ui/badge";
import { leastContrast, scorePairs, type ThemeColours } from "@/server/schemas/theme";
import { hasAllColours } from "./theme-draft";

/** How well each pair of colours that meet can be read. */
export function ContrastList({ colours }: { colours: ThemeColours }) {
  if (!hasAllColours(colours)) {
    return (
      <p className="text-sm text-muted">
        Contrast is worked out when every colour is one, as in #005eb8.
      </p>
    );
  }
  return (
    <ul aria-label="Contrast" className="divide-y divide-line rounded-md border border-line">
      {scorePairs(colours).map(({ name, text, on, score, isEnough }) => (
        <li key={name} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
          <span
            aria-hidden="true"
            className="inline-flex h-7 w-10 shrink-0 items-center justify-center rounded-sm border border-line-strong font-semibold"
            style={{
              color: colours[text[0]][text[1]],
              background: on === "white" ? "#ffffff" : colours[on[0]][on[1]],
            }}
          >
            Aa
          </span>
          <span className="min-w-0 flex-1 basis-40">
            <span className="block">{name}</span>
            <span className="block text-sm text-muted">
              {text.join(" ")} on {on === "white" ? "white" : on.join(" ")}
            </span>
          </span>
          <span className="font-semibold tabular-nums">{score.toFixed(2)} to 1</span>
          {isEnough ? (
            <Badge tone="live">Enough</Badge>
          ) : (
            <Badge tone="danger">Under {leastContrast}</Badge>
          )}
        </li>
      ))}
    </ul>
  );
}
