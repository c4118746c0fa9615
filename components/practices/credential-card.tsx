import Link from "next/link";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Identifier } from "@/components/ui/identifier";
import { Timestamp } from "@/components/ui/timestamp";
import { Notice } from "@/components/ui/notice";
import { daysBetween } from "@/server/schemas/dates";
import type { PracticeView } from "@/server/schemas/practices";
import { ReplaceKeyButton } from "./replace-key-button";
import { formatCount } from "@/components/ui/format-count";
import { practiceLabel } from "./labels";

/** We suggest a new key from this age. Hero's keys do not expire (assumption 7). */
const suggestRotationAfterDays = 180;

function describeAge(days: number): string {
  if (days < 1) return "today";
  if (days < 60) return `${formatCount(days, "day")} old`;
  return `${formatCount(Math.floor(days / 30), "month")} old`;
}

type CredentialCardProps = {
  scope: PortalScope;
  practice: PracticeView;
  /** The other practices that use the same key. */
  otherPractices: readonly PracticeView[];
  /** Today's date in the UK. */
  today: string;
  canManage: boolean;
};

/** The details of a practice's API key, without the key itself. */
export function CredentialCard({
  scope,
  practice,
  otherPractices,
  today,
  canManage,
}: CredentialCardProps) {
  const { credential } = practice;
  const ageDays = Math.max(0, daysBetween(credential.addedAt.slice(0, 10), today));
  return (
    <Card aria-labelledby="api-key" className="flex flex-col gap-4">
      <CardHeader
        id="api-key"
        title="API key"
        className="mb-0!"
        actions={
          canManage ? (
            <ReplaceKeyButton
              scope={scope}
              credentialId={credential.id}
              practiceNames={[practice, ...otherPractices].map(practiceLabel)}
            />
          ) : null
        }
      />
      {credential.state === "needs_new_key" ? (
        <Notice tone="danger" title="Hero no longer accepts this key">
          The practice has replaced or revoked it. Ask the practice for its new key.
        </Notice>
      ) : null}
      {credential.state === "working" && ageDays >= suggestRotationAfterDays ? (
        <Notice tone="info" title={`This key is ${describeAge(ageDays)}`}>
          It still works. We suggest asking the practice for a new one.
        </Notice>
      ) : null}
      <DescriptionList>
        <DescriptionItem term="Ends in">
          <span className="font-mono">{credential.lastFour}</span>
        </DescriptionItem>
        <DescriptionItem term="Fingerprint">
          <Identifier value={credential.fingerprint} label="Copy fingerprint" />
        </DescriptionItem>
        <DescriptionItem term="Added">
          <Timestamp iso={credential.addedAt} />
          <div className="text-sm text-muted">
            by {credential.addedBy} · {describeAge(ageDays)}
          </div>
        </DescriptionItem>
        <DescriptionItem term="Last used">
          {credential.lastUsedAt ? <Timestamp iso={credential.lastUsedAt} /> : "Never"}
        </DescriptionItem>
        {practice.isNetworkPractice ? (
          <DescriptionItem term="Issued to">
            <Identifier value={credential.ownPracticeGroupId} label="Copy practice group ID" />
            <div className="text-sm text-muted">A practice in the same Hero network.</div>
          </DescriptionItem>
        ) : null}
        <DescriptionItem term="Also used by">
          {otherPractices.length === 0 ? (
            "No other practices"
          ) : (
            <ul className="flex flex-col gap-1">
              {otherPractices.map((other) => (
                <li key={other.id}>
                  <Link href={portalPath(scope, `/practices/${other.id}`)} className="link">
                    {practiceLabel(other)}
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </DescriptionItem>
      </DescriptionList>
    </Card>
  );
}
