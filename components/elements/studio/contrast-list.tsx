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
        <li key={name} className="flex items-center gap-3 px-3 py-2">
          <Sample
            text={colours[text[0]][text[1]]}
            behind={on === "white" ? "#ffffff" : colours[on[0]][on[1]]}
          />
          <span className="min-w-0 flex-1">
            <span className="block">{name}</span>
            <span className="block text-sm text-muted">
              {text.join(" ")} on {on === "white" ? "white" : on.join(" ")}
            </span>
          </span>
          <span className="flex flex-col items-end gap-1 sm:flex-row sm:items-center sm:gap-3">
            <span className="font-semibold tabular-nums">{score.toFixed(2)} to 1</span>
            {isEnough ? (
              <Badge tone="live">Enough</Badge>
            ) : (
              <Badge tone="danger">Under {leastContrast}</Badge>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** How the two look together: a picture, since it may be one of what cannot be read. */
const Sample = ({ text, behind }: { text: string; behind: string }) => (
  <svg
    aria-hidden="true"
    viewBox="0 0 40 28"
    className="h-7 w-10 shrink-0 rounded-sm border border-line-strong"
    style={{ background: behind }}
  >
    <text x="20" y="19" textAnchor="middle" fontSize="15" fontWeight="600" fill={text}>
      Aa
    </text>
  </svg>
);
