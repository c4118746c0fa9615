import { inDays, createOrganisation } from "./organisation";
import type { ApiClient } from "./people";
import type { SandboxClient } from "./sandbox";

export type SampleOrganisation = Awaited<ReturnType<typeof createSampleOrganisation>>;

type SampleOptions = {
  practiceGroupId: string;
  /** A second practice with its own key. */
  secondGroupId: string;
  organisation?: { slug: string; name: string };
};

/** An organisation with two practices and links in each state. */
export async function createSampleOrganisation(
  api: ApiClient,
  sandbox: SandboxClient,
  options: SampleOptions,
) {
  const { practiceGroupId, secondGroupId } = options;
  const organisation = await createOrganisation(
    api,
    sandbox,
    practiceGroupId,
    options.organisation,
  );
  const { portal, apiKey, createLink } = organisation;
  await portal.practices.connect.mutate({
    apiKey: await sandbox.createUniqueKey(secondGroupId),
    practiceGroupId: secondGroupId,
    nickname: "Reception, upstairs",
  });
  const patients = await sandbox.listBookablePatients(practiceGroupId);
  const [patient] = patients;
  if (!patient) throw new Error("The practice has no patients.");

  const unknown = async () => {
    await sandbox.injectFault({ operation: "createBookingLink", key: apiKey, status: 500 });
    return createLink({ name: "Spring letters" });
  };
  const failed = async () => {
    await sandbox.injectFault({ operation: "createBookingLink", key: apiKey, status: 400 });
    return createLink({ patientId: patient.patientId, maxUses: 1 });
  };
  const closed = async () => {
    const { id } = await createLink({ name: "Website, old address", maxUses: 200 });
    return portal.links.close.mutate({ linkId: id });
  };
  const links = {
    closed: await closed(),
    failed: await failed(),
    unknown: await unknown(),
    invite: await createLink({ patientId: patient.patientId, maxUses: 1 }),
    endsSoon: await createLink({ name: "Last places this week", expiresOn: inDays(1) }),
    live: await createLink({
      name: "Letters, first half",
      slotsFrom: inDays(1),
      slotsTo: inDays(30),
      maxUses: 250,
    }),
  };
  return { ...organisation, links, patient, patients };
}
