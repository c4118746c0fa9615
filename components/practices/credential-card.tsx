import Link from "next/link";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import { Identifier } from "@/components/ui/identifier";
import { Moment } from "@/components/ui/moment";
import { Notice } from "@/components/ui/notice";
import { daysBetween } from "@/server/schemas/dates";
import type { PracticeView } from "@/server/schemas/practices";
import { ReplaceKeyButton } from "./replace-key-button";
import { count, practiceLabel } from "./words";

/** From this age on, a new key is suggested. Hero's keys do not expire by themselves (guide §14, 7). */
const rotateAfterDays = 180;

function describeAge(days: number): string {
  if (days < 1) return "Added today";
  if (days < 60) return `${count(days, "day")} old`;
  return `${count(Math.floor(days / 30), "month")} old`;
}

type CredentialCardProps = {
  place: Place;
  practice: PracticeView;
  /** The other practices reached with the same key. */
  others: readonly PracticeView[];
  /** The day it is in the United Kingdom. */
  today: string;
  canManage: boolean;
};

/** The key a practice is reached with: everything but the key. */
export function CredentialCard({ place, practice, others, today, canManage }: CredentialCardProps) {
  const { credential } = practice;
  const days = Math.max(0, daysBetween(credential.addedAt.slice(0, 10), today));
  return (
    <Card aria-labelledby="api-key" className="flex flex-col gap-4">
      <CardHeader
        id="api-key"
        title="API key"
        className="mb-0!"
        actions={
          canManage ? (
            <ReplaceKeyButton
              place={place}
              credentialId={credential.id}
              practiceNames={[practice, ...others].map(practiceLabel)}
            />
          ) : null
        }
      />
      {credential.state === "needs_new_key" ? (
        <Notice tone="danger" title="Hero no longer accepts this key">
          The practice has replaced or withdrawn it. Ask the practice for its new key.
        </Notice>
      ) : null}
      {credential.state === "working" && days >= rotateAfterDays ? (
        <Notice tone="info" title={`This key is ${describeAge(days)}`}>
          It still works. Ask the practice for a new one when it suits you both.
        </Notice>
      ) : null}
      <Facts>
        <Fact term="Ends in">
          <span className="font-mono">{credential.lastFour}</span>
        </Fact>
        <Fact term="Fingerprint">
          <Identifier value={credential.fingerprint} label="Copy fingerprint" />
        </Fact>
        <Fact term="Added">
          <Moment iso={credential.addedAt} />
          <div className="text-sm text-muted">
            by {credential.addedBy} · {describeAge(days)}
          </div>
        </Fact>
        <Fact term="Last used">
          {credential.lastUsedAt ? <Moment iso={credential.lastUsedAt} /> : "Never"}
        </Fact>
        {practice.isNetworkPractice ? (
          <Fact term="Made for">
            <Identifier value={credential.ownPracticeGroupId} label="Copy practice group id" />
            <div className="text-sm text-muted">
              Reached as a practice of the same Hero network.
            </div>
          </Fact>
        ) : null}
        <Fact term="Also reaches">
          {others.length === 0 ? (
            "No other connected practice"
          ) : (
            <ul className="flex flex-col gap-1">
              {others.map((other) => (
                <li key={other.id}>
                  <Link href={portalPath(place, `/practices/${other.id}`)} className="link">
                    {practiceLabel(other)}
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </Fact>
      </Facts>
    </Card>
  );
}
