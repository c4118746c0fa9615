import type { SnippetConfig } from "@/components/elements/snippets/snippet";
import type { Organisation } from "./organisation";
import type { Partner } from "./partner";
import type { BookablePatient, SandboxClient } from "./sandbox";

export type PartnerPlacement = Awaited<ReturnType<typeof createPartnerPlacement>>;

/** A placement for the partner's origin, a key for its server, and the patient on its page. */
export async function createPartnerPlacement(
  app: { url: string; sandbox: SandboxClient },
  organisation: Organisation,
  partner: Partner,
  patient: BookablePatient,
) {
  const { portal, practice, createPlacement } = organisation;
  const placement = await createPlacement({ origins: [partner.origin] });
  const { key: apiKey } = await portal.apiKeys.create.mutate({
    name: "Product server",
    permissions: ["element_sessions.create"],
  });
  const { port } = new URL(app.url);
  const facts: SnippetConfig = {
    portal: app.url,
    elementsOrigin: `http://elements.localhost:${port}`,
    placementId: placement.id,
    practiceGroupId: practice.practiceGroupId,
    environment: "sandbox",
    scriptHost: new URL(app.sandbox.url).origin,
    heroApi: new URL(app.sandbox.url).origin,
  };
  return { placement, partnerSetup: { facts, apiKey, patientId: patient.patientId } };
}
