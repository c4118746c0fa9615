"use client";

import { useRouter } from "next/navigation";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Timestamp } from "@/components/ui/timestamp";
import type { PatientRecord } from "@/server/schemas/patient-record";

/** Hero no longer answers this ID with its own record. */
export function MergedRecord({
  scope,
  record,
  canRelease,
}: {
  scope: PortalScope;
  record: Extract<PatientRecord, { outcome: "merged_elsewhere" }>;
  canRelease: boolean;
}) {
  const { practice, patientId, otherId, detectedAt, isHeld, links, appointments } = record;
  const hasItems = links.length > 0 || appointments.length > 0;
  const router = useRouter();
  const release = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    await client.patients.releaseHeld.mutate({ practiceId: practice.id, patientId });
    router.refresh();
    return "staying";
  });
  return (
    <>
      <Notice
        tone="warning"
        title="This record was merged"
        action={
          otherId ? (
            <ButtonLink
              href={portalPath(scope, `/patients/${practice.id}/${otherId}`)}
              prefetch={false}
              variant="primary"
            >
              Open patient {otherId}
            </ButtonLink>
          ) : (
            <ButtonLink
              href={portalPath(scope, "/patients", { practice: practice.id })}
              prefetch={false}
              variant="primary"
            >
              Find the patient
            </ButtonLink>
          )
        }
      >
        {otherId
          ? `Hero now gives patient ${otherId} in place of ${patientId}. Check that it is the right person before you act.`
          : `Hero no longer gives a record for ${patientId}, and does not say which one remains. Find the patient by their details, or ask the practice.`}{" "}
        We noticed this at <Timestamp iso={detectedAt} />.
      </Notice>
      {isHeld && hasItems ? (
        <Notice
          tone="warning"
          title="Links and appointments under this ID are on hold"
          action={
            canRelease ? (
              <>
                <Button pending={release.pending} onClick={release.run}>
                  {release.pending ? "Releasing…" : "Release them"}
                </Button>
                <p role="alert" className="mt-2 text-danger empty:hidden">
                  {release.problem}
                </p>
              </>
            ) : null
          }
        >
          The links cannot be copied or sent. Check each one below, and ask the practice if you are
          not sure. Release them if they are still right for this person.
        </Notice>
      ) : null}
    </>
  );
}
