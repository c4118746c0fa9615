import type { PortalScope } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { Timestamp } from "@/components/ui/timestamp";
import type { PracticeView } from "@/server/schemas/practices";
import { HealthBadge } from "./health-badge";
import { ChecksTable } from "./checks-table";
import { TestNowButton } from "./test-now-button";

type HealthCardProps = { scope: PortalScope; practice: PracticeView; canTest: boolean };

/** How the connection does: state, reason, when it last worked, and each read on its own. */
export function HealthCard({ scope, practice, canTest }: HealthCardProps) {
  const { health, healthReason, lastCheckedAt, lastSuccessAt, capabilityChecks: checks } = practice;
  return (
    <Card aria-labelledby="health" className="flex flex-col gap-5">
      <div>
        <CardHeader
          id="health"
          title="Health"
          actions={<HealthBadge health={health} />}
          className="mb-1!"
        />
        {healthReason ? <p className="mb-3 max-w-prose">{healthReason}</p> : null}
        <p className="text-sm text-muted">
          {lastCheckedAt ? (
            <>
              Tested <Timestamp iso={lastCheckedAt} />
            </>
          ) : (
            "Not tested yet"
          )}
          {". "}
          {lastSuccessAt && lastSuccessAt !== lastCheckedAt ? (
            <>
              Last success <Timestamp iso={lastSuccessAt} />.
            </>
          ) : null}
          {lastSuccessAt ? null : "No test has succeeded yet."}
        </p>
      </div>
      {canTest ? <TestNowButton scope={scope} practiceId={practice.id} /> : null}
      {checks.length > 0 ? (
        <div>
          {health === "working" ? null : (
            <p className="mb-2 text-sm text-muted">What the key could read when it last worked:</p>
          )}
          <ChecksTable checks={checks} />
        </div>
      ) : null}
    </Card>
  );
}
