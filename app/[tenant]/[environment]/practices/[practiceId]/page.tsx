import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { idInPath } from "@/components/shell/id-in-address";
import { CredentialCard } from "@/components/practices/credential-card";
import { DisconnectButton } from "@/components/practices/disconnect-button";
import { HealthCard } from "@/components/practices/health-card";
import { PracticeFacts } from "@/components/practices/practice-facts";
import { practiceLabel, whoManagesPractices } from "@/components/practices/words";
import { portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import { openPortal, orNotFound } from "@/server/trpc/caller";

export const metadata: Metadata = { title: "Practice" };

type PageProps = { params: Promise<{ tenant: string; environment: string; practiceId: string }> };

export default async function PracticePage({ params }: PageProps) {
  const { portal, scope } = await openPortal(params);
  const practiceId = idInPath((await params).practiceId);
  const practice = await orNotFound(portal.practices.get({ practiceId }));
  const practices = await portal.practices.list();
  const others = practices.filter(
    (other) => other.id !== practice.id && other.credential.id === practice.credential.id,
  );
  const place = { tenant: scope.tenant.slug, environment: scope.environment };
  const canManage = scope.can.includes("practices.manage");
  const ofThisPractice = { practice: practice.id };

  return (
    <>
      <PageHeader
        title={practiceLabel(practice)}
        description={practice.alias ? practice.name : null}
        back={{ href: portalPath(place, "/practices"), label: "Practices" }}
        actions={
          <>
            <ButtonLink href={portalPath(place, "/links", ofThisPractice)}>
              See its links
            </ButtonLink>
            {scope.can.includes("links.create") ? (
              <ButtonLink
                href={portalPath(place, "/links/new", ofThisPractice)}
                variant="primary"
                icon={<Plus />}
              >
                New link
              </ButtonLink>
            ) : null}
          </>
        }
      />
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2 lg:grid-rows-[auto_1fr]">
        <HealthCard
          place={place}
          practice={practice}
          canTest={scope.can.includes("practices.read")}
        />
        <div className="flex flex-col gap-5 lg:row-span-2">
          <PracticeFacts place={place} practice={practice} canManage={canManage} />
          <CredentialCard
            place={place}
            practice={practice}
            others={others}
            today={ukDateOf(new Date())}
            canManage={canManage}
          />
        </div>
        {canManage ? (
          <Card aria-labelledby="disconnect">
            <CardHeader
              id="disconnect"
              title="Disconnect"
              description="Stops the portal acting for this practice. You see what will break before it happens."
            />
            <DisconnectButton
              place={place}
              practiceId={practice.id}
              practiceName={practiceLabel(practice)}
            />
          </Card>
        ) : (
          <p className="text-sm text-muted">{whoManagesPractices}</p>
        )}
      </div>
    </>
  );
}
