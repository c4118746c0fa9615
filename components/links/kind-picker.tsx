import { ClipboardList, Megaphone, UserRound, Video } from "lucide-react";
import type { ReactNode } from "react";

/** The kinds of link that the form creates. */
export type NewLinkKind = "invite" | "generic" | "form" | "video";

const kinds: readonly {
  value: NewLinkKind;
  title: string;
  text: string;
  highlights: readonly string[];
  icon: ReactNode;
  tileClasses: string;
}[] = [
  {
    value: "invite",
    title: "Patient invite",
    text: "For one named patient to book. They confirm their date of birth.",
    highlights: ["For one patient", "1 booking, 7 days", "Send it to that patient only"],
    icon: <UserRound />,
    tileClasses: "border-accent-line bg-accent-soft text-accent",
  },
  {
    value: "generic",
    title: "Generic link",
    text: "Anyone registered at the practice can sign in and book.",
    highlights: [
      "For many patients",
      "You set the number of bookings",
      "Letters, texts, website, poster",
    ],
    icon: <Megaphone />,
    tileClasses: "border-info-line bg-info-soft text-info",
  },
  {
    value: "form",
    title: "Form link",
    text: "A patient fills in one of the practice's forms. It does not book an appointment.",
    highlights: ["Preview the questions", "For one patient or anyone"],
    icon: <ClipboardList />,
    tileClasses: "border-unknown-line bg-unknown-soft text-unknown",
  },
  {
    value: "video",
    title: "Video link",
    text: "For one named patient to join a video consultation. It does not book an appointment.",
    highlights: ["For one patient", "They can join more than once"],
    icon: <Video />,
    tileClasses: "border-live-line bg-live-soft text-live",
  },
];

/** True for a kind that the page's address can name. */
export function isNewLinkKind(value: unknown): value is NewLinkKind {
  return kinds.some((kind) => kind.value === value);
}

type KindPickerProps = {
  value: NewLinkKind | null;
  hasVideo: boolean;
  onChange: (kind: NewLinkKind) => void;
};

/** Selects the kind of link to create. */
export function KindPicker({ value, hasVideo, onChange }: KindPickerProps) {
  const offered = kinds.filter((kind) => hasVideo || kind.value !== "video");
  return (
    <fieldset>
      <legend className="mb-2 text-lg font-semibold">Kind of link</legend>
      <div className={`grid gap-3 ${hasVideo ? "md:grid-cols-2" : "md:grid-cols-3"}`}>
        {offered.map((kind) => (
          <label
            key={kind.value}
            className="group flex cursor-pointer flex-col gap-3 rounded-lg border border-line bg-surface p-4 transition-colors hover:border-line-strong has-checked:border-accent has-checked:ring-1 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <span className="flex items-center gap-3">
              <span
                aria-hidden="true"
                className={`inline-flex size-9 shrink-0 items-center justify-center rounded-md border [&>svg]:size-5 ${kind.tileClasses}`}
              >
                {kind.icon}
              </span>
              <span id={`kind-${kind.value}-title`} className="flex-1 font-semibold">
                {kind.title}
              </span>
              <input
                type="radio"
                id={`kind-${kind.value}`}
                name="kind"
                value={kind.value}
                checked={value === kind.value}
                onChange={() => onChange(kind.value)}
                aria-labelledby={`kind-${kind.value}-title`}
                aria-describedby={`kind-${kind.value}-text`}
                className="size-4 shrink-0 accent-(--accent) outline-none"
              />
            </span>
            <span id={`kind-${kind.value}-text`} className="text-sm text-muted">
              {kind.text}
            </span>
            <ul className="mt-auto hidden flex-col gap-0.5 border-t border-line pt-2 text-sm text-ink md:flex">
              {kind.highlights.map((highlight) => (
                <li key={highlight}>{highlight}</li>
              ))}
            </ul>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
