import {
  ChevronRight,
  CircleCheck,
  CircleHelp,
  CirclePause,
  Combine,
  FileDiff,
  Hand,
  Inbox,
  KeyRound,
  RadioTower,
  TriangleAlert,
  UserCheck,
} from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { elementName } from "@/components/elements/element-name";
import { linkTitle } from "@/components/links/labels";
import { practiceLabel } from "@/components/practices/labels";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import type { DeliveryAttention } from "@/server/schemas/webhook-deliveries";
import { formatCount } from "@/components/ui/format-count";
import { Timestamp } from "@/components/ui/timestamp";
import type { MonitoredScript } from "@/server/schemas/elements";
import type { LinkView } from "@/server/schemas/links/view";
import type { Overview } from "@/server/schemas/results";
import type { PracticeView } from "@/server/schemas/practices";

type AttentionItemProps = { href: string; icon: ReactNode; title: string; children: ReactNode };

function AttentionItem({ href, icon, title, children }: AttentionItemProps) {
  return (
    <li className="border-t border-line first:border-t-0">
      <Link href={href} className="flex items-center gap-3 px-4 py-3 hover:bg-hover sm:px-5">
        <span aria-hidden="true" className="shrink-0 [&>svg]:size-5">
          {icon}
        </span>
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{title}</span>
          <span className="block text-sm text-muted">{children}</span>
        </span>
        <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-subtle" />
      </Link>
    </li>
  );
}

function unhealthyTitle(practice: PracticeView): string {
  if (practice.health === "needs_new_key") return `${practiceLabel(practice)} needs a new key`;
  if (practice.health === "limited") return `${practiceLabel(practice)} allows only some features`;
  return `${practiceLabel(practice)} is not responding`;
}

type AttentionListProps = {
  scope: PortalScope;
  practices: readonly PracticeView[];
  unknownLinks: readonly LinkView[];
  /** Hero's element scripts; only changed ones are shown. */
  scripts: readonly MonitoredScript[];
  /** Merge requests of colleagues that this person can decide. */
  waitingMerges: number;
  silentPractices: Overview["silentPractices"];
  /** The practice that the page is about. */
  practiceId: string | undefined;
  /** Deliveries that had no effect and need a person. */
  deliveryCauses: DeliveryAttention;
  messages: Overview["messages"];
  batches: Overview["batches"];
};

/** What needs attention: failing and silent practices, held messages, what is unknown, and changed scripts. */
export function AttentionList({
  scope,
  practices,
  unknownLinks,
  scripts,
  waitingMerges,
  silentPractices,
  practiceId,
  deliveryCauses,
  messages,
  batches,
}: AttentionListProps) {
  const unhealthy = practices.filter(({ health }) => health !== "working");
  const changedScripts = scripts.filter(({ needsReview }) => needsReview);
  const itemCount =
    unhealthy.length +
    unknownLinks.length +
    changedScripts.length +
    silentPractices.length +
    deliveryCauses.length +
    messages.held +
    messages.late +
    messages.unknown +
    batches.toDecide +
    batches.paused +
    waitingMerges;
  if (itemCount === 0) {
    return (
      <p className="flex items-center gap-2 text-muted">
        <CircleCheck aria-hidden="true" className="size-4 shrink-0 text-live" />
        Nothing needs your attention.{" "}
        {practices.length === 1
          ? "The last test of the practice succeeded."
          : "The last test of every practice succeeded."}
      </p>
    );
  }
  return (
    <section aria-labelledby="attention">
      <h2 id="attention" className="mb-3 text-lg font-semibold">
        Needs attention
      </h2>
      <ul className="overflow-hidden rounded-lg border border-ending-line bg-surface">
        {waitingMerges > 0 ? (
          <AttentionItem
            href={portalPath(scope, "/merges")}
            icon={<Combine className="text-ending" />}
            title={`${formatCount(waitingMerges, "merge request")} for you to decide`}
          >
            A request expires after 24 hours.
          </AttentionItem>
        ) : null}
        {batches.toDecide > 0 ? (
          <AttentionItem
            href={portalPath(scope, "/messages/batches", {
              practice: practiceId,
              state: "awaiting_approval",
            })}
            icon={<UserCheck className="text-ending" />}
            title={`${formatCount(batches.toDecide, "batch", "batches")} for you to approve or refuse`}
          >
            Nothing is sent before. A request expires after 24 hours.
          </AttentionItem>
        ) : null}
        {batches.paused > 0 ? (
          <AttentionItem
            href={portalPath(scope, "/messages/batches", { practice: practiceId, state: "paused" })}
            icon={<CirclePause className="text-ending" />}
            title={`${formatCount(batches.paused, "batch", "batches")} paused`}
          >
            Check the results, then continue or stop {batches.paused === 1 ? "it" : "each of them"}.
          </AttentionItem>
        ) : null}
        {unhealthy.map((practice) => (
          <AttentionItem
            key={practice.id}
            href={portalPath(scope, `/practices/${practice.id}`)}
            icon={
              practice.health === "needs_new_key" ? (
                <KeyRound className="text-danger" />
              ) : (
                <TriangleAlert className="text-ending" />
              )
            }
            title={unhealthyTitle(practice)}
          >
            {practice.healthReason}
          </AttentionItem>
        ))}
        {(["failed", "quarantined"] as const).map((state) => {
          const count = deliveryCauses
            .filter((cause) => cause.state === state)
            .reduce((sum, cause) => sum + cause.count, 0);
          return count > 0 ? (
            <AttentionItem
              key={state}
              href={portalPath(scope, "/webhooks/deliveries", { practice: practiceId, state })}
              icon={<Inbox className="text-ending" />}
              title={`${formatCount(count, "delivery", "deliveries")} ${state}`}
            >
              {count === 1 ? "It" : "They"} had no effect. Open {count === 1 ? "it" : "one"} to see
              why and what to do next.
            </AttentionItem>
          ) : null;
        })}
        {silentPractices.map(({ id, name, lastHeardAt }) => (
          <AttentionItem
            key={id}
            href={portalPath(scope, "/webhooks/deliveries", { practice: id })}
            icon={<RadioTower className="text-ending" />}
            title={`${name} has stopped sending webhooks`}
          >
            {lastHeardAt ? (
              <>
                Last delivery at <Timestamp iso={lastHeardAt} />.
              </>
            ) : (
              "No delivery has arrived yet."
            )}{" "}
            Bookings appear late until this is fixed.
          </AttentionItem>
        ))}
        {messages.held > 0 ? (
          <AttentionItem
            href={portalPath(scope, "/messages", { practice: practiceId, state: "held" })}
            icon={<Hand className="text-danger" />}
            title={`${formatCount(messages.held, "message")} held, not sent`}
          >
            Something changed since the check, or could not be read. Open{" "}
            {messages.held === 1 ? "it" : "one"} to see why, and decide.
          </AttentionItem>
        ) : null}
        {messages.late > 0 ? (
          <AttentionItem
            href={portalPath(scope, "/messages", { practice: practiceId, state: "scheduled" })}
            icon={<TriangleAlert className="text-ending" />}
            title={`${formatCount(messages.late, "message")} not sent on time`}
          >
            Sending may have stopped. Contact patients another way if it is urgent.
          </AttentionItem>
        ) : null}
        {messages.unknown > 0 ? (
          <AttentionItem
            href={portalPath(scope, "/messages", { practice: practiceId, state: "unknown" })}
            icon={<CircleHelp className="text-unknown" />}
            title={`${formatCount(messages.unknown, "message")} of unknown status`}
          >
            {messages.unknown === 1 ? "It" : "They"} may have been sent. Check with the practice
            before sending another.
          </AttentionItem>
        ) : null}
        {unknownLinks.map((link) => (
          <AttentionItem
            key={link.id}
            href={portalPath(scope, `/links/${link.id}`)}
            icon={<CircleHelp className="text-unknown" />}
            title={`${linkTitle(link)}: link status unknown`}
          >
            Check with {link.practice.name} before creating another.
          </AttentionItem>
        ))}
        {changedScripts.map(({ tag }) => (
          <AttentionItem
            key={tag}
            href={portalPath(scope, "/elements/scripts")}
            icon={<FileDiff className="text-ending" />}
            title={`Hero changed the ${elementName(tag)} script`}
          >
            Nobody in your organisation has reviewed it yet.
          </AttentionItem>
        ))}
      </ul>
    </section>
  );
}
