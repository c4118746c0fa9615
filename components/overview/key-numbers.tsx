import { CircleCheck, CircleHelp, Clock, Files, Link2, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import type { LinkCount } from "@/server/schemas/links/list";

type KeyNumbersData = {
  /** Links with a booking since yesterday. */
  booked: LinkCount;
  live: LinkCount;
  endsSoon: LinkCount;
  used: LinkCount;
  unknown: LinkCount;
  /** Bulk uploads that are running, paused or not started. */
  openUploads: number;
};

type KeyNumber = {
  label: string;
  count: LinkCount;
  href: string;
  icon: LucideIcon;
  colour: string;
};

const formatCapped = ({ count, hasMore }: LinkCount) =>
  `${count.toLocaleString("en-GB")}${hasMore ? "+" : ""}`;

type KeyNumbersProps = {
  scope: PortalScope;
  practiceId: string | undefined;
  data: KeyNumbersData;
  /** Whether the portal learns of bookings when they are made; without webhooks it only counts uses. */
  knowsBookings: boolean;
};

/** The numbers that people act on; each leads to the list that it counts. */
export function KeyNumbers({ scope, practiceId, data, knowsBookings }: KeyNumbersProps) {
  const { booked, live, endsSoon, used, unknown, openUploads } = data;
  const listPath = (query: Record<string, string>) =>
    portalPath(scope, "/links", { practice: practiceId, ...query });
  const numbers: KeyNumber[] = [
    knowsBookings
      ? {
          label: "Booked since yesterday",
          count: booked,
          href: listPath({ booked: "yesterday" }),
          icon: CircleCheck,
          colour: "text-live",
        }
      : {
          label: "Used",
          count: used,
          href: listPath({ used: "yes" }),
          icon: CircleCheck,
          colour: "text-live",
        },
    {
      label: "Live",
      count: live,
      href: listPath({ state: "live" }),
      icon: Link2,
      colour: "text-live",
    },
    {
      label: "Ends soon",
      count: endsSoon,
      href: listPath({ state: "ends_soon" }),
      icon: Clock,
      colour: "text-ending",
    },
    {
      label: "Unknown",
      count: unknown,
      href: listPath({ state: "unknown" }),
      icon: CircleHelp,
      colour: "text-unknown",
    },
    {
      label: "Uploads in progress",
      count: { count: openUploads, hasMore: false },
      href: portalPath(scope, "/links/bulk-uploads"),
      icon: Files,
      colour: "text-info",
    },
  ];
  return (
    <ul aria-label="Key numbers" className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
      {numbers.map(({ label, count, href, icon: Icon, colour }) => (
        <li key={label} className="flex max-sm:last:col-span-2">
          <Link
            href={href}
            prefetch={false}
            className="flex min-w-0 flex-1 flex-col justify-between gap-1 rounded-lg border border-line bg-surface px-4 py-3 hover:bg-hover"
          >
            <span className="flex items-center gap-1.5 text-sm text-muted">
              <Icon
                aria-hidden="true"
                className={`size-4 shrink-0 ${count.count > 0 ? colour : "text-subtle"}`}
              />
              {label}
            </span>
            <span
              className={`text-3xl font-semibold tabular-nums ${count.count > 0 ? "" : "text-subtle"}`}
            >
              {formatCapped(count)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
