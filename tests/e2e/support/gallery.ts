import { inDays, openOffice } from "./office";
import type { Api } from "./people";
import type { Sandbox } from "./sandbox";

export type Gallery = Awaited<ReturnType<typeof openGallery>>;

type Chosen = {
  practiceGroupId: string;
  /** A further practice, so that there is a choice; with a key of its own. */
  secondGroupId: string;
  office?: { slug: string; name: string };
};

/** An organisation that has been at work: two practices, and links in each state there is. */
export async function openGallery(api: Api, sandbox: Sandbox, chosen: Chosen) {
  const { practiceGroupId, secondGroupId } = chosen;
  const office = await openOffice(api, sandbox, practiceGroupId, chosen.office);
  const { portal, apiKey, makeLink } = office;
  await portal.practices.connect.mutate({
    apiKey: await sandbox.keyOf(secondGroupId),
    practiceGroupId: secondGroupId,
    alias: "Reception, upstairs",
  });
  const patients = await sandbox.patientsOf(practiceGroupId);
  const [patient] = patients;
  if (!patient) throw new Error("The practice has no patients.");

  const unknown = async () => {
    await sandbox.breakNext({ operation: "createBookingLink", key: apiKey, status: 500 });
    return makeLink({ name: "Spring letters" });
  };
  const failed = async () => {
    await sandbox.breakNext({ operation: "createBookingLink", key: apiKey, status: 400 });
    return makeLink({ patientId: patient.patientId, maximumUses: 1 });
  };
  const closed = async () => {
    const { id } = await makeLink({ name: "Website, old address", maximumUses: 200 });
    return portal.links.close.mutate({ linkId: id });
  };
  const links = {
    closed: await closed(),
    failed: await failed(),
    unknown: await unknown(),
    invite: await makeLink({ patientId: patient.patientId, maximumUses: 1 }),
    endsSoon: await makeLink({ name: "Last places this week", expiresOn: inDays(1) }),
    live: await makeLink({
      name: "Letters, first half",
      slotsFrom: inDays(1),
      slotsTo: inDays(30),
      maximumUses: 250,
    }),
  };
  return { ...office, links, patient, patients };
}
