import type { Place } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { Moment } from "@/components/ui/moment";
import type { PracticeView } from "@/server/schemas/practices";
import { HealthBadge } from "./health-badge";
import { ReadsTable } from "./reads-table";
import { TestNowButton } from "./test-now-button";

type HealthCardProps = { place: Place; practice: PracticeView; canTest: boolean };

/** How the connection does: state, reason, when it last worked, and each read on its own. */
export function HealthCard({ place, practice, canTest }: HealthCardProps) {
  const { health, healthReason, lastCheckedAt, lastSuccessAt, reads } = practice;
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
              Tested <Moment iso={lastCheckedAt} />
            </>
          ) : (
            "Not tested yet"
          )}
          {". "}
          {lastSuccessAt && lastSuccessAt !== lastCheckedAt ? (
            <>
              Last success <Moment iso={lastSuccessAt} />.
            </>
          ) : null}
          {lastSuccessAt ? null : "No test has succeeded yet."}
        </p>
      </div>
      {canTest ? <TestNowButton place={place} practiceId={practice.id} /> : null}
      {reads.length > 0 ? (
        <div>
          {health === "working" ? null : (
            <p className="mb-2 text-sm text-muted">What the key could read when it last worked:</p>
          )}
          <ReadsTable reads={reads} />
        </div>
      ) : null}
    </Card>
  );
}
