import type { SnippetConfig } from "@/components/elements/snippets/snippet";
import type { Organisation } from "./organisation";
import type { Partner } from "./partner";
import type { SandboxClient } from "./sandbox";

/** A placement for the partner's origin, a key for its server, and the patient on its page. */
export async function createPartnerPlacement(
  partner: Partner,
  organisation: Organisation,
  { portalUrl, sandbox }: { portalUrl: string; sandbox: SandboxClient },
) {
  const { portal, practice } = organisation;
  const placement = await portal.placements.create.mutate({
    element: "hh-message-builder",
    name: "Messages in the product",
    practiceIds: [practice.id],
    origins: [partner.origin],
    theme: null,
    attributes: {},
  });
  const { key: apiKey } = await portal.apiKeys.create.mutate({
    name: "Product server",
    permissions: ["element_sessions.create"],
  });
  const patient = (await sandbox.listBookablePatients(practice.practiceGroupId)).find(
    ({ isRestricted }) => !isRestricted,
  );
  if (!patient) throw new Error("The practice has no patient.");
  const { port } = new URL(portalUrl);
  const facts: SnippetConfig = {
    portal: portalUrl,
    elementsOrigin: `http://elements.localhost:${port}`,
    placementId: placement.id,
    practiceGroupId: practice.practiceGroupId,
    environment: "sandbox",
    scriptHost: new URL(sandbox.url).origin,
    heroApi: new URL(sandbox.url).origin,
  };
  return { placement, patient, partnerSetup: { facts, apiKey, patientId: patient.patientId } };
}
