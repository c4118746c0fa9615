import type { SnippetFacts } from "@/components/elements/snippets/snippet";
import type { Office } from "./office";
import type { Partner } from "./partner";
import type { Sandbox } from "./sandbox";

/** A placement for the partner's origin, a key for its server, and a patient whom somebody there has open. */
export async function placeFor(
  partner: Partner,
  office: Office,
  { portalUrl, sandbox }: { portalUrl: string; sandbox: Sandbox },
) {
  const { portal, practice } = office;
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
  const patient = (await sandbox.patientsOf(practice.practiceGroupId)).find(
    ({ isRestricted }) => !isRestricted,
  );
  if (!patient) throw new Error("The practice has no patient.");
  const { port } = new URL(portalUrl);
  const facts: SnippetFacts = {
    portal: portalUrl,
    elementsOrigin: `http://elements.localhost:${port}`,
    placementId: placement.id,
    practiceGroupId: practice.practiceGroupId,
    environment: "sandbox",
    scriptHost: new URL(sandbox.url).origin,
    heroApi: new URL(sandbox.url).origin,
  };
  return { placement, patient, given: { facts, apiKey, patientId: patient.patientId } };
}
