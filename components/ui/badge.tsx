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

const toneStyles: Record<BadgeTone, { className: string; icon: LucideIcon | null }> = {
  live: { className: "border-live-line bg-live-soft text-live", icon: CircleCheck },
  ending: { className: "border-ending-line bg-ending-soft text-ending", icon: Clock },
  dead: { className: "border-dead-line bg-dead-soft text-dead", icon: CircleSlash },
  unknown: {
    className: "border-dashed border-unknown bg-unknown-soft text-unknown",
    icon: CircleHelp,
  },
  danger: { className: "border-danger-line bg-danger-soft text-danger", icon: Info },
  neutral: { className: "border-line bg-sunken text-muted", icon: null },
  production: { className: "border-danger-line bg-danger-soft text-danger", icon: Radio },
  staging: { className: "border-ending-line bg-ending-soft text-ending", icon: FlaskConical },
  sandbox: { className: "border-info-line bg-info-soft text-info", icon: FlaskConical },
  info: { className: "border-info-line bg-info-soft text-info", icon: Info },
};

type BadgeProps = {
  tone: BadgeTone;
  /** Replaces the tone's icon; `null` hides it. */
  icon?: ReactNode;
  children: ReactNode;
};

/** A state in a word, with the tone's colour and icon. */
export function Badge({ tone, icon, children }: BadgeProps) {
  const { className, icon: ToneIcon } = toneStyles[tone];
  const iconElement = icon === undefined && ToneIcon ? <ToneIcon /> : icon;
  return (
    <span
      className={`inline-flex h-6 w-fit shrink-0 items-center gap-1 rounded-full border px-2 text-xs font-medium whitespace-nowrap ${className}`}
    >
      {iconElement ? (
        <span aria-hidden="true" className="inline-flex [&>svg]:size-3.5">
          {iconElement}
        </span>
      ) : null}
      {children}
    </span>
  );
}
