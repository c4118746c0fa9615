import Link from "next/link";
import { HealthBadge } from "@/components/practices/health-badge";
import { practiceLabel } from "@/components/practices/labels";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { Timestamp } from "@/components/ui/timestamp";
import type { PracticeView } from "@/server/schemas/practices";

const maxShown = 8;

type ConnectedPracticesProps = { scope: PortalScope; practices: readonly PracticeView[] };

/** The connected practices with their health. */
export function ConnectedPractices({ scope, practices }: ConnectedPracticesProps) {
  return (
    <Card aria-labelledby="connected-practices" padding="none">
      <CardHeader
        id="connected-practices"
        title="Practices"
        className="mb-0! border-b border-line px-4 py-3 sm:px-5"
        actions={
          <Link href={portalPath(scope, "/practices")} className="link text-sm">
            {practices.length > maxShown ? `All ${practices.length}` : "All practices"}
          </Link>
        }
      />
      <ul>
        {practices.slice(0, maxShown).map((practice) => (
          <li
            key={practice.id}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-3 first:border-t-0 sm:px-5"
          >
            <div className="min-w-0 flex-1 basis-40">
              <Link
                href={portalPath(scope, `/practices/${practice.id}`)}
                className="link font-medium"
              >
                {practiceLabel(practice)}
              </Link>
              <p className="text-sm text-muted">
                {practice.lastSuccessAt ? (
                  <>
                    Last successful test at <Timestamp iso={practice.lastSuccessAt} />
                  </>
                ) : (
                  "No successful test yet"
                )}
              </p>
            </div>
            <HealthBadge health={practice.health} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
