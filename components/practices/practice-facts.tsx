import type { Place } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import { Identifier } from "@/components/ui/identifier";
import { Moment } from "@/components/ui/moment";
import { environmentNames } from "@/server/schemas/environments";
import type { PracticeView } from "@/server/schemas/practices";
import { Capabilities } from "./capabilities";
import { RenameButton } from "./rename-button";
import { describeSector } from "./words";

type PracticeFactsProps = { place: Place; practice: PracticeView; canManage: boolean };

/** Who the practice is, as Hero and as the organisation name it. */
export function PracticeFacts({ place, practice, canManage }: PracticeFactsProps) {
  return (
    <Card aria-labelledby="practice-facts">
      <CardHeader
        id="practice-facts"
        title="Practice"
        actions={
          canManage ? (
            <RenameButton place={place} practiceId={practice.id} alias={practice.alias} />
          ) : null
        }
      />
      <Facts>
        <Fact term="Name in Hero">{practice.name}</Fact>
        <Fact term="Alias">{practice.alias ?? <span className="text-muted">None</span>}</Fact>
        <Fact term="Practice group id">
          <Identifier value={practice.practiceGroupId} label="Copy practice group id" />
        </Fact>
        <Fact term="Environment">{environmentNames[place.environment]}</Fact>
        <Fact term="Sector">{describeSector(practice.sector)}</Fact>
        <Fact term="Capabilities">
          <Capabilities capabilities={practice.capabilities} />
        </Fact>
        <Fact term="Connected">
          <Moment iso={practice.connectedAt} />
        </Fact>
      </Facts>
    </Card>
  );
}
