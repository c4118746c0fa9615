import { Badge } from "@/components/ui/badge";
import { minContrast, measureContrast, type ThemeColours } from "@/server/schemas/theme";
import { hasAllColours } from "./theme-draft";

export function ContrastList({ colours }: { colours: ThemeColours }) {
  if (!hasAllColours(colours)) {
    return (
      <p className="text-sm text-muted">
        Contrast is shown once every colour is valid, such as #005eb8.
      </p>
    );
  }
  return (
    <ul aria-label="Contrast" className="divide-y divide-line rounded-md border border-line">
      {measureContrast(colours).map(({ name, text, background, ratio, isSufficient }) => (
        <li key={name} className="flex items-center gap-3 px-3 py-2">
          <ColourSample
            text={colours[text[0]][text[1]]}
            background={background === "white" ? "#ffffff" : colours[background[0]][background[1]]}
          />
          <span className="min-w-0 flex-1">
            <span className="block">{name}</span>
            <span className="block text-sm text-muted">
              {text.join(" ")} on {background === "white" ? "white" : background.join(" ")}
            </span>
          </span>
          <span className="flex flex-col items-end gap-1 sm:flex-row sm:items-center sm:gap-3">
            <span className="font-semibold tabular-nums">{ratio.toFixed(2)} to 1</span>
            {isSufficient ? (
              <Badge tone="live">Pass</Badge>
            ) : (
              <Badge tone="danger">Below {minContrast}</Badge>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Hidden from assistive technology and contrast checks: it may be unreadable on purpose. */
const ColourSample = ({ text, background }: { text: string; background: string }) => (
  <svg
    aria-hidden="true"
    viewBox="0 0 40 28"
    className="h-7 w-10 shrink-0 rounded-sm border border-line-strong"
    style={{ background: background }}
  >
    <text x="20" y="19" textAnchor="middle" fontSize="15" fontWeight="600" fill={text}>
      Aa
    </text>
  </svg>
);
