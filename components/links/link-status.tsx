import {
  CircleCheck,
  CircleHelp,
  CircleSlash,
  CircleX,
  Clock,
  Hourglass,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { Timestamp } from "@/components/ui/timestamp";
import { formatRelativeDate, formatLocalDate } from "@/server/schemas/dates";
import type { LinkState, LinkView } from "@/server/schemas/links/view";
import { stateNames } from "./labels";

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
  used_up: {
    icon: CircleSlash,
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

function explainState(link: LinkView, today: string): ReactNode {
  const end = formatLocalDate(link.expiresOn);
  switch (link.state) {
    case "pending":
      return "We have asked Hero for this link and are waiting for the answer.";
    case "live":
    case "ends_soon":
      return `Patients can book until the end of ${end}, UK time (${formatRelativeDate(link.expiresOn, today)}).`;
    case "used_up":
      return link.maxUses === 1
        ? "Its one booking has been made. Nothing more can be booked with it."
        : `All ${link.maxUses.toLocaleString("en-GB")} bookings have been made. Nothing more can be booked with it.`;
    case "expired":
      return `It stopped working at the end of ${end}, UK time. Bookings made with it stay.`;
    case "stopped":
      return "Hero says it is not active, although it has days and bookings left. A patient who gives ten wrong dates of birth locks a link for good. Make a new one.";
    case "closed":
      return (
        <>
          {link.closedAt ? (
            <>
              Closed at <Timestamp iso={link.closedAt} />.{" "}
            </>
          ) : null}
          No new bookings can be made. Bookings already made stay.
        </>
      );
    case "failed":
      return "Hero did not make this link. There is nothing to share.";
    case "unknown":
      return "We asked Hero and lost the answer. A link may exist. Do not make another before you have checked with the practice.";
  }
}

type LinkStatusProps = {
  link: LinkView;
  /** The day it is in the United Kingdom. */
  today: string;
  /** What belongs to the state: the address of a live link, what to do about a lost one. */
  children?: ReactNode;
};

/** The state of a link, large: the first thing anybody wants to know about it. */
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
