import {
  CalendarCheck,
  CheckCheck,
  CircleCheck,
  CircleHelp,
  CircleSlash,
  CircleX,
  Clock,
  Hourglass,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { formatCount } from "@/components/ui/format-count";
import { Timestamp } from "@/components/ui/timestamp";
import { formatRelativeDate, formatLocalDate } from "@/server/schemas/dates";
import type { LinkKind } from "@/server/schemas/links/fields";
import type { LinkState, LinkView } from "@/server/schemas/links/view";
import { explainStopped, stateNames } from "./labels";

const variants: Record<LinkState, { icon: LucideIcon; boxClasses: string; textClasses: string }> = {
  pending: {
    icon: Hourglass,
    boxClasses: "border-info-line bg-info-soft",
    textClasses: "text-info",
  },
  live: {
    icon: CircleCheck,
    boxClasses: "border-live-line bg-live-soft",
    textClasses: "text-live",
  },
  ends_soon: {
    icon: Clock,
    boxClasses: "border-ending-line bg-ending-soft",
    textClasses: "text-ending",
  },
  booked: {
    icon: CalendarCheck,
    boxClasses: "border-live-line bg-live-soft",
    textClasses: "text-live",
  },
  used_up: {
    icon: CheckCheck,
    boxClasses: "border-dead-line bg-dead-soft",
    textClasses: "text-dead",
  },
  expired: {
    icon: CircleSlash,
    boxClasses: "border-dead-line bg-dead-soft",
    textClasses: "text-dead",
  },
  stopped: {
    icon: CircleSlash,
    boxClasses: "border-dead-line bg-dead-soft",
    textClasses: "text-dead",
  },
  closed: {
    icon: CircleSlash,
    boxClasses: "border-dead-line bg-dead-soft",
    textClasses: "text-dead",
  },
  failed: {
    icon: CircleX,
    boxClasses: "border-danger-line bg-danger-soft",
    textClasses: "text-danger",
  },
  unknown: {
    icon: CircleHelp,
    boxClasses: "border-dashed border-unknown bg-unknown-soft",
    textClasses: "text-unknown",
  },
};

/** Reads as a success: every use that was offered has been taken. */
function describeUsedUp({ kind, maxUses }: LinkView): string {
  const noun = kind === "form" ? "response" : "booking";
  const verb = kind === "form" ? "sent" : "made";
  return maxUses === null || maxUses === 1
    ? `The ${noun} has been ${verb}. The link cannot be used again.`
    : `All ${formatCount(maxUses, noun)} have been ${verb}. The link cannot be used again.`;
}

const keptUses: Record<LinkKind, string> = {
  booking: " Existing bookings are kept.",
  form: " Responses already sent are kept.",
  video: "",
};

/** What patients do with a live link. */
const verbs: Record<LinkKind, string> = { booking: "book", form: "respond", video: "join" };

function explainState(link: LinkView, today: string): ReactNode {
  const end = formatLocalDate(link.expiresOn);
  switch (link.state) {
    case "pending":
      return "We have requested this link and are waiting for Hero.";
    case "live":
    case "ends_soon":
      return `${link.kind === "video" ? "The patient" : "Patients"} can ${verbs[link.kind]} until the end of ${end}, UK time (${formatRelativeDate(link.expiresOn, today)}).`;
    case "booked":
    case "used_up":
      return describeUsedUp(link);
    case "expired":
      return `It stopped working at the end of ${end}, UK time.${keptUses[link.kind]}`;
    case "stopped":
      return explainStopped(link);
    case "closed":
      return (
        <>
          {link.closedAt ? (
            <>
              Closed at <Timestamp iso={link.closedAt} />.{" "}
            </>
          ) : null}
          Patients can no longer use it.{keptUses[link.kind]}
        </>
      );
    case "failed":
      return "Hero did not create this link. There is nothing to share.";
    case "unknown":
      return "We do not know if this link was created. Check with the practice before you create another.";
  }
}

type LinkStatusProps = {
  link: LinkView;
  /** Today's date in the United Kingdom. */
  today: string;
  /** What belongs to the state: the address of a live link, what to do about an unknown one. */
  children?: ReactNode;
};

/** The state of a link, large, with what it means. */
export function LinkStatus({ link, today, children }: LinkStatusProps) {
  const { icon: Icon, boxClasses, textClasses } = variants[link.state];
  return (
    <section aria-labelledby="link-state" className={`rounded-lg border p-4 sm:p-6 ${boxClasses}`}>
      <div className="flex items-center gap-3">
        <Icon aria-hidden="true" className={`size-7 shrink-0 ${textClasses}`} />
        <h2 id="link-state" className={`text-3xl font-semibold ${textClasses}`}>
          {stateNames[link.state]}
        </h2>
      </div>
      <p className="mt-2 max-w-prose text-lg text-ink">{explainState(link, today)}</p>
      {children}
    </section>
  );
}
