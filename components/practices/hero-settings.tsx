import type { PortalScope } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { whoCan } from "@/server/schemas/permissions";
import type { PracticeSettings } from "@/server/schemas/practices";
import { ChangeDetailsButton } from "./change-details-button";
import { addressLines } from "./detail-labels";
import { describeSettings } from "./setting-labels";

type HeroSettingsProps = {
  scope: PortalScope;
  practiceId: string;
  practice: PracticeSettings;
  canChange: boolean;
};

/** The practice's name, address and settings as Hero has them. */
export function HeroSettings({ scope, practiceId, practice, canChange }: HeroSettingsProps) {
  const { details, settings, settingsProblem } = practice;
  const lines = addressLines(details);
  return (
    <Card aria-labelledby="hero-settings">
      <CardHeader
        id="hero-settings"
        title="In Hero"
        description="Read from Hero each time this page opens."
        actions={
          canChange ? (
            <ChangeDetailsButton
              scope={scope}
              practiceId={practiceId}
              details={details}
              key={details.version}
            />
          ) : null
        }
      />
      <h3 className="mb-2 font-semibold">Name and address</h3>
      <DescriptionList>
        <DescriptionItem term="Name">{details.name}</DescriptionItem>
        <DescriptionItem term="Address">
          {lines.length > 0 ? (
            <address className="not-italic">
              {lines.map((line, index) => (
                // Two lines of an address can be equal.
                <span key={`${index} ${line}`} className="block">
                  {line}
                </span>
              ))}
            </address>
          ) : (
            <span className="text-muted">None</span>
          )}
        </DescriptionItem>
      </DescriptionList>
      {canChange ? null : <p className="mt-3 text-sm text-muted">{whoCan("practices.change")}</p>}
      <h3 className="mt-6 mb-2 font-semibold">Settings</h3>
      {settings === null ? (
        <Notice tone="info" title="Settings could not be read">
          {settingsProblem}
        </Notice>
      ) : null}
      {settings?.length === 0 ? <p className="text-muted">Hero reports no settings.</p> : null}
      {settings && settings.length > 0 ? (
        <DescriptionList>
          {describeSettings(settings).map(({ key, label, text }) => (
            <DescriptionItem key={key} term={label}>
              <span className="wrap-anywhere">{text}</span>
            </DescriptionItem>
          ))}
        </DescriptionList>
      ) : null}
    </Card>
  );
}

/** The shape of the card while Hero is read. */
export function HeroSettingsSkeleton() {
  return (
    <Card aria-busy="true">
      <p role="status" className="mb-4 text-muted">
        Loading settings from Hero…
      </p>
      <div aria-hidden="true" className="flex flex-col gap-3">
        <Skeleton />
        <Skeleton />
        <Skeleton className="h-4 w-2/3" />
      </div>
    </Card>
  );
}
