import {
  CircleCheck,
  CircleHelp,
  CircleSlash,
  Clock,
  FlaskConical,
  Info,
  type LucideIcon,
  Radio,
} from "lucide-react";
import type { ReactNode } from "react";

export type BadgeTone =
  | "live"
  | "ending"
  | "dead"
  | "unknown"
  | "danger"
  | "neutral"
  | "production"
  | "staging"
  | "sandbox"
  | "info";

const tones: Record<BadgeTone, { look: string; icon: LucideIcon | null }> = {
  live: { look: "border-live-line bg-live-soft text-live", icon: CircleCheck },
  ending: { look: "border-ending-line bg-ending-soft text-ending", icon: Clock },
  dead: { look: "border-dead-line bg-dead-soft text-dead", icon: CircleSlash },
  unknown: {
    look: "border-dashed border-unknown bg-unknown-soft text-unknown",
    icon: CircleHelp,
  },
  danger: { look: "border-danger-line bg-danger-soft text-danger", icon: Info },
  neutral: { look: "border-line bg-sunken text-muted", icon: null },
  production: { look: "border-danger-line bg-danger-soft text-danger", icon: Radio },
  staging: { look: "border-ending-line bg-ending-soft text-ending", icon: FlaskConical },
  sandbox: { look: "border-info-line bg-info-soft text-info", icon: FlaskConical },
  info: { look: "border-info-line bg-info-soft text-info", icon: Info },
};

type BadgeProps = {
  tone: BadgeTone;
  /** Replaces the tone's own icon; `null` leaves it out where the word alone says enough. */
  icon?: ReactNode;
  children: ReactNode;
};

/** A state in a word, with the tone's colour and icon. The word is the message, the rest supports it. */
export function Badge({ tone, icon, children }: BadgeProps) {
  const { look, icon: ToneIcon } = tones[tone];
  const mark = icon === undefined && ToneIcon ? <ToneIcon /> : icon;
  return (
    <span
      className={`inline-flex h-6 w-fit shrink-0 items-center gap-1 rounded-full border px-2 text-xs font-medium whitespace-nowrap ${look}`}
    >
      {mark ? (
        <span aria-hidden="true" className="inline-flex [&>svg]:size-3.5">
          {mark}
        </span>
      ) : null}
      {children}
    </span>
  );
}
