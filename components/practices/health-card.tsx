import type { PortalScope } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { Timestamp } from "@/components/ui/timestamp";
import type { PracticeView } from "@/server/schemas/practices";
import { HealthBadge } from "./health-badge";
import { ChecksTable } from "./checks-table";
import { TestNowButton } from "./test-now-button";

type HealthCardProps = { scope: PortalScope; practice: PracticeView; canTest: boolean };

/** The health of the connection: state, reason, last success and each check. */
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
              Tested at <Timestamp iso={lastCheckedAt} />
            </>
          ) : (
            "Not tested yet"
          )}
          {". "}
          {lastSuccessAt && lastSuccessAt !== lastCheckedAt ? (
            <>
              Last successful test at <Timestamp iso={lastSuccessAt} />.
            </>
          ) : null}
          {lastSuccessAt ? null : "No successful test yet."}
        </p>
      </div>
      {canTest ? <TestNowButton scope={scope} practiceId={practice.id} /> : null}
      {checks.length > 0 ? (
        <div>
          {health === "working" ? null : (
            <p className="mb-2 text-sm text-muted">Checks from when the key last worked:</p>
          )}
          <ChecksTable checks={checks} />
        </div>
      ) : null}
    </Card>
  );
}
