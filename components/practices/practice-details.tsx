import type { PortalScope } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Identifier } from "@/components/ui/identifier";
import { Timestamp } from "@/components/ui/timestamp";
import { environmentNames } from "@/server/schemas/environment-names";
import type { PracticeView } from "@/server/schemas/practices";
import { Capabilities } from "./capabilities";
import { RenameButton } from "./rename-button";
import { describeSector } from "./labels";

type PracticeDetailsProps = { scope: PortalScope; practice: PracticeView; canManage: boolean };

/** The practice's names, ID, sector and capabilities. */
export function PracticeDetails({ scope, practice, canManage }: PracticeDetailsProps) {
  return (
    <Card aria-labelledby="practice-facts">
      <CardHeader
        id="practice-facts"
        title="Practice"
        actions={
          canManage ? (
            <RenameButton scope={scope} practiceId={practice.id} nickname={practice.nickname} />
          ) : null
        }
      />
      <DescriptionList>
        <DescriptionItem term="Name in Hero">{practice.name}</DescriptionItem>
        <DescriptionItem term="Nickname">
          {practice.nickname ?? <span className="text-muted">None</span>}
        </DescriptionItem>
        <DescriptionItem term="Practice group ID">
          <Identifier value={practice.practiceGroupId} label="Copy practice group ID" />
        </DescriptionItem>
        <DescriptionItem term="Environment">{environmentNames[scope.environment]}</DescriptionItem>
        <DescriptionItem term="Sector">{describeSector(practice.sector)}</DescriptionItem>
        <DescriptionItem term="Capabilities">
          <Capabilities capabilities={practice.capabilities} />
        </DescriptionItem>
        <DescriptionItem term="Connected">
          <Timestamp iso={practice.connectedAt} />
        </DescriptionItem>
      </DescriptionList>
    </Card>
  );
}
