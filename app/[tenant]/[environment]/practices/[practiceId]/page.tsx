import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { Suspense } from "react";
import { idFromPath } from "@/components/shell/route-ids";
import { CredentialCard } from "@/components/practices/credential-card";
import { DisconnectButton } from "@/components/practices/disconnect-button";
import { HealthCard } from "@/components/practices/health-card";
import { HeroSettings, HeroSettingsSkeleton } from "@/components/practices/hero-settings";
import { PracticeDetails } from "@/components/practices/practice-details";
import { practiceLabel } from "@/components/practices/labels";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Failure } from "@/components/ui/failure";
import { PageHeader } from "@/components/ui/page-header";
import { ukDateOf } from "@/server/schemas/dates";
import {
  requirePortalPage,
  orNotFoundPage,
  loadPractice,
  type Portal,
  resultOrMessage,
  titleOf,
} from "@/server/portal/page-caller";
import { whoCan } from "@/server/schemas/permissions";

type PageProps = { params: Promise<{ tenant: string; environment: string; practiceId: string }> };

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { portal } = await requirePortalPage(params);
  const practiceId = idFromPath((await params).practiceId);
  return titleOf(
    loadPractice(portal, practiceId),
    (practice) => `${practiceLabel(practice)} – Practices`,
  );
}

export default async function PracticePage({ params }: PageProps) {
  const { portal, scope } = await requirePortalPage(params);
  const practiceId = idFromPath((await params).practiceId);
  const practice = await orNotFoundPage(loadPractice(portal, practiceId));
  const practices = await portal.practices.list();
  const otherPractices = practices.filter(
    (other) => other.id !== practice.id && other.credential.id === practice.credential.id,
  );
  const portalScope = { tenant: scope.tenant.slug, environment: scope.environment };
  const canManage = scope.permissions.includes("practices.manage");
  const practiceFilter = { practice: practice.id };

  return (
    <>
      <PageHeader
        title={practiceLabel(practice)}
        description={practice.nickname ? practice.name : null}
        back={{ href: portalPath(portalScope, "/practices"), label: "Practices" }}
        actions={
          <>
            <ButtonLink href={portalPath(portalScope, "/links", practiceFilter)}>
              View links
            </ButtonLink>
            {scope.permissions.includes("links.create") ? (
              <ButtonLink
                href={portalPath(portalScope, "/links/new", practiceFilter)}
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
          scope={portalScope}
          practice={practice}
          canTest={scope.permissions.includes("practices.read")}
        />
        <div className="flex flex-col gap-5 lg:row-span-2">
          <PracticeDetails scope={portalScope} practice={practice} canManage={canManage} />
          <CredentialCard
            scope={portalScope}
            practice={practice}
            otherPractices={otherPractices}
            today={ukDateOf(new Date())}
            canManage={canManage}
          />
          <Suspense key={practice.id} fallback={<HeroSettingsSkeleton />}>
            <SettingsInHero
              portal={portal}
              scope={portalScope}
              practiceId={practice.id}
              canChange={scope.permissions.includes("practices.change")}
            />
          </Suspense>
        </div>
        {canManage ? (
          <Card aria-labelledby="disconnect">
            <CardHeader
              id="disconnect"
              title="Disconnect"
              description="Stop using this practice in the portal. We show you what is affected first."
            />
            <DisconnectButton
              scope={portalScope}
              practiceId={practice.id}
              practiceName={practiceLabel(practice)}
            />
          </Card>
        ) : (
          <p className="text-sm text-muted">{whoCan("practices.manage")}</p>
        )}
      </div>
    </>
  );
}

type SettingsInHeroProps = {
  portal: Portal;
  scope: PortalScope;
  practiceId: string;
  canChange: boolean;
};

async function SettingsInHero({ portal, scope, practiceId, canChange }: SettingsInHeroProps) {
  const { result: practice, message } = await resultOrMessage(
    portal.practices.settings({ practiceId }),
  );
  return practice ? (
    <HeroSettings scope={scope} practiceId={practiceId} practice={practice} canChange={canChange} />
  ) : (
    <Failure
      title="Could not load the practice's settings"
      retry={portalPath(scope, `/practices/${practiceId}`)}
    >
      {message} The rest of this page is not affected.
    </Failure>
  );
}
