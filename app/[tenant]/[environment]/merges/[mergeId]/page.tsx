import type { Metadata } from "next";
import Link from "next/link";
import { CheckMerge, DecideMerge, WithdrawMerge } from "@/components/merges/decide-merge";
import { describeRecord, mergeStates } from "@/components/merges/labels";
import { portalPath } from "@/components/shell/portal-path";
import { idFromPath } from "@/components/shell/route-ids";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { Timestamp } from "@/components/ui/timestamp";
import { orNotFoundPage, requirePortalPage } from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

export const metadata: Metadata = {
  title: "Merge – Patients",
  formatDetection: { telephone: false },
};

type PageProps = { params: Promise<{ tenant: string; environment: string; mergeId: string }> };

export default async function MergePage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const mergeId = idFromPath((await params).mergeId);
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const back = { href: portalPath(portalScope, "/merges"), label: "Merges" };
  if (!scope.permissions.includes("patients.merge")) {
    return (
      <>
        <PageHeader title="Merge" back={back} />
        <Notice tone="info" title="You do not have permission to see merges">
          {whoCan("patients.merge")}
        </Notice>
      </>
    );
  }
  const merge = await orNotFoundPage(portal.merges.get({ mergeId }));
  const { label, tone, explanation } = mergeStates[merge.state];
  const patientHref = (patientId: string) =>
    portalPath(portalScope, `/patients/${merge.practice.id}/${patientId}`);
  return (
    <>
      <PageHeader
        title="Merge of two records"
        badge={<Badge tone={tone}>{label}</Badge>}
        description={explanation}
        back={back}
      />
      <div className="flex flex-col gap-5">
        {merge.failure ? (
          <Notice tone={merge.state === "failed" ? "danger" : "warning"} title="What happened">
            {merge.failure}
          </Notice>
        ) : null}
        <Card aria-label="Details">
          <DescriptionList>
            <DescriptionItem term="Practice">{merge.practice.name}</DescriptionItem>
            <DescriptionItem term="Records">
              {[merge.patientId, merge.otherPatientId].map((patientId) => (
                <Link
                  key={patientId}
                  href={patientHref(patientId)}
                  className="link block w-fit py-1"
                >
                  {patientId}
                  {describeRecord(merge, patientId)}
                </Link>
              ))}
            </DescriptionItem>
            <DescriptionItem term="Requested">
              <Timestamp iso={merge.requestedAt} /> by {merge.requestedBy}
            </DescriptionItem>
            {merge.state === "waiting" ? (
              <DescriptionItem term="Expires">
                <Timestamp iso={merge.expiresAt} />
              </DescriptionItem>
            ) : null}
            {merge.decidedBy && merge.decidedAt ? (
              <DescriptionItem term="Decided">
                <Timestamp iso={merge.decidedAt} /> by {merge.decidedBy}
              </DescriptionItem>
            ) : null}
            {merge.refusalReason ? (
              <DescriptionItem term="Reason">{merge.refusalReason}</DescriptionItem>
            ) : null}
          </DescriptionList>
        </Card>
        {merge.state === "waiting" && merge.isOwnRequest ? (
          <WithdrawMerge scope={portalScope} merge={merge} />
        ) : null}
        {merge.state === "waiting" && !merge.isOwnRequest ? (
          <DecideMerge scope={portalScope} merge={merge} />
        ) : null}
        {merge.state === "accepted" || merge.state === "unknown" ? (
          <CheckMerge scope={portalScope} merge={merge} />
        ) : null}
      </div>
    </>
  );
}
