import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { formatCount } from "@/components/ui/format-count";
import { Notice } from "@/components/ui/notice";
import { Timestamp } from "@/components/ui/timestamp";
import type { DeliveryAttention as Causes } from "@/server/schemas/webhook-deliveries";
import { explainOutcome } from "./labels";
import type { DeliveryQuery } from "./delivery-query";

type DeliveryAttentionProps = {
  scope: PortalScope;
  query: DeliveryQuery;
  causes: Causes;
};

/** What arrived but had no effect, by cause, each with what to do next. */
export function DeliveryAttention({ scope, query, causes }: DeliveryAttentionProps) {
  if (causes.length === 0) return null;
  const total = causes.reduce((sum, { count }) => sum + count, 0);
  return (
    <div className="mb-4">
      <Notice
        tone="warning"
        title={
          total === 1
            ? "1 delivery needs attention"
            : `${formatCount(total, "delivery", "deliveries")} need attention`
        }
      >
        <ul className="flex flex-col gap-3">
          {causes.map(({ state, outcome, count, latestAt }) => {
            const { title, nextStep } = explainOutcome(state, outcome);
            return (
              <li key={`${state} ${outcome}`}>
                <p>
                  <Link
                    href={portalPath(scope, "/webhooks/deliveries", { ...query, state })}
                    className="link font-medium"
                  >
                    {title}
                  </Link>{" "}
                  <span className="text-muted">
                    ({formatCount(count, "delivery", "deliveries")}, latest{" "}
                    <Timestamp iso={latestAt} />)
                  </span>
                </p>
                <p>{nextStep}</p>
              </li>
            );
          })}
        </ul>
      </Notice>
    </div>
  );
}
