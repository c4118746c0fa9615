import { randomUUID } from "node:crypto";
import { listAdmins } from "@/server/hero/admins";
import { createAccessToken } from "@/server/hero/access-token";
import {
  createBatch,
  findBatchByName,
  getBatch,
  listBatches,
  listBatchRecipients,
  listBatchSends,
  sendBatch,
} from "@/server/hero/batches";
import {
  bookAppointment,
  cancelAppointment,
  createAppointment,
  editAppointment,
  getAppointment,
  getAppointmentStatus,
  rescheduleAppointment,
} from "@/server/hero/appointments";
import { getAutomatedMessage, listAutomatedMessages } from "@/server/hero/automated-messages";
import {
  getBookingLink,
  listBookingLinks,
  listShortLinks,
  requestBookingLink,
  updateBookingLink,
} from "@/server/hero/booking-links";
import { requestFormLink } from "@/server/hero/form-links";
import { getFormResponse } from "@/server/hero/form-responses";
import { fetchForm, fetchForms } from "@/server/hero/forms";
import { requestVideoLink } from "@/server/hero/video-links";
import { getLinkStatus } from "@/server/hero/link-status";
import { getMessage, sendMessage } from "@/server/hero/messages";
import { createAttachmentLink, listPatientAttachments } from "@/server/hero/attachments";
import { connectEhr, listEhrCandidates } from "@/server/hero/patient-ehr";
import { mergePatients, previewMerge } from "@/server/hero/patient-merge";
import {
  getPatient,
  readPatient,
  registerPatientFromDetails,
  registerPatientPds,
} from "@/server/hero/patients";
import {
  getCapabilities,
  getConfiguration,
  getPracticeGroup,
  getPractitioner,
  listAppointmentTypes,
  listElements,
  listLocations,
  listPractitioners,
  updatePracticeGroup,
} from "@/server/hero/practice";
import type { HeroConnection } from "@/server/hero/request";
import { fetchSlotCount, fetchSlots, getSlot, type HeroSlot, listSlots } from "@/server/hero/slots";
import { getTask, listTasks, updateTask } from "@/server/hero/tasks";
import { listTemplates } from "@/server/hero/templates";
import { createWebhook, deleteWebhook, listWebhooks } from "@/server/hero/webhooks";
import { addDays, ukDateOf } from "@/server/schemas/dates";

type Person = { firstName: string; lastName: string; nhsNumber: string; dateOfBirth: string };

/** People whom the calls are about. A mock server accepts any. */
export type SamplePatients = {
  registered: Person & { id: string; postcode: string };
  /** Someone who must sign in before the practice can register them. */
  unregistered: Person;
  /** A patient with a candidate of the clinical system, and one with files. */
  connectable: { id: string };
  withFiles: { id: string };
  formResponse: { id: string };
};

type ClientCall = {
  /** As in `openapi/hero.yaml`. The last request of `run` is to this operation. */
  operation: string;
  run: (hero: HeroConnection, patients: SamplePatients) => Promise<unknown>;
};

/** An ID of the form that Hero documents, for replies of a mock server that lack one. */
const sampleId = "12345";
const inDays = (days: number) => addDays(ukDateOf(new Date()), days);

/** The client's exported functions, each with a call of every variant. */
export const clientCalls: Record<string, ClientCall> = {
  getPracticeGroup: { operation: "getPracticeGroupById", run: getPracticeGroup },
  getCapabilities: { operation: "getCapabilities", run: getCapabilities },
  listElements: { operation: "listElements", run: listElements },
  listAppointmentTypes: { operation: "listAppointmentTypes", run: listAppointmentTypes },
  listLocations: { operation: "listLocations", run: listLocations },
  listPractitioners: { operation: "listPractitioners", run: listPractitioners },
  listBookingLinks: { operation: "listBookingLinks", run: listBookingLinks },
  listShortLinks: {
    operation: "listShortLinks",
    async run(hero) {
      await createTestLink(hero);
      await listShortLinks(hero, { index: 0, size: 2, isGenericOnly: false });
      return listShortLinks(hero, { index: 1, size: 50, isGenericOnly: true });
    },
  },
  fetchForms: {
    operation: "listForms",
    async run(hero) {
      await fetchForms(hero);
      return fetchForms(hero, { search: "health", form_type: "questionnaire" });
    },
  },
  fetchForm: {
    operation: "getForm",
    run: async (hero) => fetchForm(hero, await firstForm(hero)),
  },
  requestFormLink: {
    operation: "createFormLink",
    async run(hero, { registered }) {
      const form_id = await firstForm(hero);
      await requestFormLink(hero, { form_id });
      return requestFormLink(hero, {
        form_id,
        patient_id: registered.id,
        expiry_date: inDays(7),
        maximum_use_count: 1,
      });
    },
  },
  requestVideoLink: {
    operation: "createVideoLink",
    run: (hero, { registered }) =>
      requestVideoLink(hero, { patient_id: registered.id, expiry_date: inDays(7) }),
  },
  getLinkStatus: {
    operation: "getLinkStatus",
    async run(hero) {
      const { url, id } = await requestFormLink(hero, { form_id: await firstForm(hero) });
      await getLinkStatus(hero, { url });
      return getLinkStatus(hero, { id: id ?? sampleId });
    },
  },
  createAccessToken: { operation: "createAccessToken", run: createAccessToken },
  fetchSlotCount: {
    operation: "countSlots",
    async run(hero) {
      const { appointment_type_id, location_id } = await minimalLink(hero);
      const [practitioner] = await listPractitioners(hero);
      await fetchSlotCount(hero, {});
      return fetchSlotCount(hero, {
        appointment_type_id,
        location_id,
        practitioner_id: practitioner?.id,
        start_date: "2027-03-28",
        end_date: "2027-03-28",
      });
    },
  },
  listSlots: {
    operation: "listSlots",
    async run(hero) {
      const { appointment_type_id, location_id } = await minimalLink(hero);
      const [practitioner] = await listPractitioners(hero);
      await listSlots(hero, {}, { index: 0, size: 1 });
      return listSlots(
        hero,
        {
          appointment_type_id,
          location_id,
          practitioner_id: practitioner?.id,
          start_date: inDays(1),
          end_date: inDays(7),
        },
        { index: 1, size: 5 },
      );
    },
  },
  fetchSlots: {
    operation: "listSlots",
    async run(hero) {
      const { appointment_type_id } = await minimalLink(hero);
      return fetchSlots(hero, {
        appointment_type_id,
        start_date: inDays(1),
        end_date: inDays(3),
      });
    },
  },
  getSlot: {
    operation: "getSlot",
    run: async (hero) => getSlot(hero, (await someSlot(hero)).id),
  },
  createAppointment: {
    operation: "createAppointment",
    async run(hero, { registered }) {
      await cancelOldAppointments(hero);
      await reserve(hero);
      return reserve(hero, { patient_id: registered.id, reason: "A test.", suppress_mail: true });
    },
  },
  getAppointment: {
    operation: "getAppointment",
    async run(hero) {
      const { id } = await reserve(hero);
      await cancelAppointment(hero, id, {});
      return getAppointment(hero, id);
    },
  },
  getAppointmentStatus: {
    operation: "getAppointmentStatus",
    async run(hero) {
      const { id } = await reserve(hero);
      await cancelAppointment(hero, id, {});
      return getAppointmentStatus(hero, id);
    },
  },
  editAppointment: {
    operation: "editAppointment",
    async run(hero) {
      await cancelOldAppointments(hero);
      const { id, slot } = await reserve(hero);
      const { start_time, duration, practitioner_id } = slot;
      await editAppointment(hero, id, { start_time, duration, practitioner_id });
      return editAppointment(hero, id, {
        start_time,
        duration,
        practitioner_id,
        suppress_mail: true,
      });
    },
  },
  bookAppointment: {
    operation: "bookAppointment",
    async run(hero, { registered }) {
      await cancelOldAppointments(hero);
      const first = await reserve(hero, { patient_id: registered.id });
      await bookAppointment(hero, first.id, {});
      const { id } = await reserve(hero);
      return bookAppointment(hero, id, {
        patient_id: registered.id,
        reason: "A test.",
        suppress_mail: true,
      });
    },
  },
  cancelAppointment: {
    operation: "cancelAppointment",
    async run(hero, { registered }) {
      const first = await reserve(hero);
      await cancelAppointment(hero, first.id, {});
      const { id } = await reserve(hero, { patient_id: registered.id });
      await bookAppointment(hero, id, {});
      return cancelAppointment(hero, id, {
        suppress_mail: true,
        suppress_cancellation_policy: true,
      });
    },
  },
  rescheduleAppointment: {
    operation: "rescheduleAppointment",
    async run(hero, { registered }) {
      await cancelOldAppointments(hero);
      const { id, slot } = await reserve(hero, { patient_id: registered.id });
      await bookAppointment(hero, id, {});
      const { start_time, duration, practitioner_id } = slot;
      await rescheduleAppointment(hero, id, { start_time });
      return rescheduleAppointment(hero, id, {
        start_time,
        duration,
        practitioner_id,
        suppress_mail: true,
      });
    },
  },
  getPractitioner: {
    operation: "getPractitioner",
    run: async (hero) => getPractitioner(hero, (await listPractitioners(hero))[0]?.id ?? sampleId),
  },
  getConfiguration: { operation: "getConfiguration", run: getConfiguration },
  updatePracticeGroup: {
    operation: "updatePracticeGroup",
    async run(hero) {
      // What the practice has already: the calls leave it as it was.
      const { name, address } = await getPracticeGroup(hero);
      const lines = Object.entries(address ?? {}).flatMap(([line, text]) =>
        typeof text === "string" ? [[line, text]] : [],
      );
      await updatePracticeGroup(hero, { name });
      return updatePracticeGroup(hero, { name, address: Object.fromEntries(lines) });
    },
  },
  registerPatientPds: {
    operation: "registerPatientPds",
    async run(hero, { registered, unregistered }) {
      const { firstName, lastName, postcode, nhsNumber, dateOfBirth } = registered;
      await registerPatientPds(hero, { nhs_number: nhsNumber, dob: dateOfBirth });
      await registerPatientPds(hero, {
        forename: firstName,
        surname: lastName,
        postcode,
        dob: dateOfBirth,
      });
      return registerPatientPds(hero, {
        nhs_number: unregistered.nhsNumber,
        dob: unregistered.dateOfBirth,
      });
    },
  },
  getPatient: {
    operation: "getPatientById",
    run: (hero, { registered }) => getPatient(hero, registered.id),
  },
  readPatient: {
    operation: "getPatientById",
    run: (hero, { registered }) => readPatient(hero, registered.id),
  },
  registerPatientFromDetails: {
    operation: "registerPatient",
    async run(hero, { unregistered }) {
      await registerPatientFromDetails(hero, {
        nhs_number: unregistered.nhsNumber,
        dob: unregistered.dateOfBirth,
        title: "Dr",
        first_name: unregistered.firstName,
        last_name: unregistered.lastName,
        sex: "Not known",
        email: "someone@example.com",
        mobile: "07700 900123",
        address_line_1: "1 Some Street",
        postcode: "ZE1 0AA",
      });
      return registerPatientFromDetails(hero, { dob: unregistered.dateOfBirth });
    },
  },
  listEhrCandidates: {
    operation: "listPatientEhrCandidates",
    run: (hero, { connectable }) => listEhrCandidates(hero, connectable.id),
  },
  connectEhr: {
    operation: "connectPatientEhr",
    async run(hero, { connectable }) {
      const { candidates } = await listEhrCandidates(hero, connectable.id);
      return connectEhr(hero, connectable.id, candidates[0]?.ehr_partner_id ?? sampleId);
    },
  },
  previewMerge: {
    operation: "previewPatientMerge",
    run: async (hero) => previewMerge(hero, await newPatient(hero), await newPatient(hero)),
  },
  mergePatients: {
    operation: "mergePatient",
    async run(hero) {
      const [id, otherId] = [await newPatient(hero), await newPatient(hero)];
      const { mergeToken } = await previewMerge(hero, id, otherId);
      return mergePatients(hero, id, otherId, mergeToken);
    },
  },
  listPatientAttachments: {
    operation: "listPatientAttachments",
    run: (hero, { withFiles }) => listPatientAttachments(hero, withFiles.id),
  },
  createAttachmentLink: {
    operation: "createAttachmentLink",
    async run(hero, { withFiles }) {
      const { attachments } = await listPatientAttachments(hero, withFiles.id);
      const ehr_file_id = attachments[0]?.id ?? sampleId;
      await createAttachmentLink(hero, { ehr_file_id });
      await createAttachmentLink(hero, testFile(withFiles.id));
      return createAttachmentLink(hero, {
        ehr_file_id,
        patient_id: withFiles.id,
        expiry_date: inDays(7),
        maximum_use_count: 1,
      });
    },
  },
  sendMessage: {
    operation: "sendMessage",
    async run(hero, { registered }) {
      const { uuid } = await createAttachmentLink(hero, testFile(registered.id));
      await sendMessage(hero, testMessage(registered.id));
      return sendMessage(hero, {
        ...testMessage(registered.id),
        message_type: "email",
        recipient_contact_detail: "someone@example.com",
        write_to_record: true,
        auto_write_to_record: true,
        snomed_code: "401271004",
        snomed_term: "Email/notification sent to patient",
        attachment_uuid: uuid,
        short_link_id: await createTestLink(hero),
      });
    },
  },
  getMessage: {
    operation: "getMessage",
    async run(hero, { registered }) {
      const body = { ...testMessage(registered.id), write_to_record: true };
      return getMessage(hero, (await sendMessage(hero, body)).id);
    },
  },
  createBatch: {
    operation: "createBatchMessage",
    run: (hero, { registered }) => createTestBatch(hero, registered),
  },
  sendBatch: {
    operation: "sendBatchMessage",
    run: async (hero, { registered }) => sendBatch(hero, await createTestBatch(hero, registered)),
  },
  getBatch: {
    operation: "getBatchMessage",
    run: async (hero, { registered }) => getBatch(hero, await createTestBatch(hero, registered)),
  },
  listBatches: {
    operation: "listBatchMessages",
    async run(hero, { registered }) {
      await createTestBatch(hero, registered);
      return listBatches(hero, { index: 0, size: 2 });
    },
  },
  findBatchByName: {
    operation: "listBatchMessages",
    async run(hero, { registered }) {
      await createTestBatch(hero, registered);
      return findBatchByName(hero, testBatchName);
    },
  },
  listBatchRecipients: {
    operation: "listBatchMessageRecipients",
    run: async (hero, { registered }) =>
      listBatchRecipients(hero, await createTestBatch(hero, registered)),
  },
  listBatchSends: {
    operation: "listBatchMessageSends",
    async run(hero, { registered }) {
      const id = await createTestBatch(hero, registered);
      await sendBatch(hero, id);
      return listBatchSends(hero, id);
    },
  },
  listTemplates: { operation: "listTemplates", run: listTemplates },
  getFormResponse: {
    operation: "getFormResponse",
    run: (hero, { formResponse }) => getFormResponse(hero, formResponse.id),
  },
  listAutomatedMessages: { operation: "listAutomatedMessages", run: listAutomatedMessages },
  getAutomatedMessage: {
    operation: "getAutomatedMessage",
    run: async (hero) =>
      getAutomatedMessage(hero, (await listAutomatedMessages(hero)).messages[0]?.id ?? sampleId),
  },
  listTasks: { operation: "listTasks", run: listTasks },
  getTask: {
    operation: "getTask",
    run: async (hero) => getTask(hero, await firstTask(hero)),
  },
  updateTask: {
    operation: "updateTask",
    async run(hero) {
      const id = await firstTask(hero);
      const [admin] = (await listAdmins(hero)).admins;
      await updateTask(hero, id, { status: "in_progress" });
      return updateTask(hero, id, {
        status: "open",
        priority: "high",
        adminId: admin?.id ?? sampleId,
      });
    },
  },
  listAdmins: { operation: "listAdmins", run: listAdmins },
  createWebhook: {
    operation: "createWebhook",
    run: async (hero) => createTestWebhook(hero),
  },
  listWebhooks: { operation: "listWebhooks", run: listWebhooks },
  deleteWebhook: {
    operation: "deleteWebhook",
    run: async (hero) => deleteWebhook(hero, (await createTestWebhook(hero)).id),
  },
  requestBookingLink: {
    operation: "createBookingLink",
    async run(hero, { registered }) {
      const body = await minimalLink(hero);
      const [practitioner] = await listPractitioners(hero);
      await requestBookingLink(hero, body);
      await requestBookingLink(hero, { ...body, patient_id: registered.id });
      return requestBookingLink(hero, {
        ...body,
        practitioner_id: practitioner?.id,
        from_date: inDays(0),
        to_date: inDays(5),
        maximum_use_count: 3,
      });
    },
  },
  getBookingLink: {
    operation: "getBookingLink",
    async run(hero) {
      const id = await createTestLink(hero);
      // The reply must be about the requested link, so a mock server is asked for one that it lists.
      return getBookingLink(hero, (await listBookingLinks(hero))[0]?.id ?? id);
    },
  },
  updateBookingLink: {
    operation: "updateBookingLink",
    async run(hero) {
      const id = await createTestLink(hero);
      await updateBookingLink(hero, id, { expiry_date: inDays(-1) });
      return updateBookingLink(hero, id, {
        from_date: inDays(0),
        to_date: inDays(2),
        expiry_date: inDays(9),
        maximum_use_count: 2,
      });
    },
  },
};

const firstTask = async (hero: HeroConnection) => (await listTasks(hero)).tasks[0]?.id ?? sampleId;

/** The fewest fields that a booking link needs. */
export async function minimalLink(hero: HeroConnection) {
  const [[type], [location]] = await Promise.all([listAppointmentTypes(hero), listLocations(hero)]);
  return {
    appointment_type_id: type?.id ?? sampleId,
    location_id: location?.id ?? sampleId,
    expiry_date: inDays(7),
    maximum_use_count: 1,
  };
}

/** A note, which reaches nobody. The text is the contract's sample, with which a mock server replies. */
const testMessage = (patient_id: string) => ({
  patient_id,
  message_type: "hero" as const,
  message_string: "Your results are back.",
});

/** Name and text are the contract's samples, with which a mock server replies. */
const testBatchName = "A test";

async function createTestBatch(hero: HeroConnection, { nhsNumber, dateOfBirth }: Person) {
  const { id } = await createBatch(hero, {
    name: testBatchName,
    channel: "EMAIL",
    subject: "Your results",
    content: "Your results are back.",
    recipients: [{ nhs_number: nhsNumber, dob: dateOfBirth }],
  });
  return id;
}

const testFile = (patient_id: string) => ({
  patient_id,
  file_name: "A test.txt",
  file_data: Buffer.from("A test").toString("base64"),
});

async function newPatient(hero: HeroConnection): Promise<string> {
  const body = { dob: "1980-01-31", first_name: "Sam", last_name: "Reid" };
  return (await registerPatientFromDetails(hero, body)).patientId;
}

async function firstForm(hero: HeroConnection): Promise<string> {
  return (await fetchForms(hero))[0]?.id ?? sampleId;
}

async function createTestLink(hero: HeroConnection): Promise<string> {
  return (await requestBookingLink(hero, await minimalLink(hero))).id ?? sampleId;
}

/** At an address that never answers. */
const createTestWebhook = (hero: HeroConnection) =>
  createWebhook(hero, {
    event_type: "appointment.cancelled",
    url: `https://portal.example/api/hooks/${randomUUID()}`,
    description: "A test",
    signing_key: randomUUID(),
  });

let lastDay = 0;

/** A free slot. Each call takes another day, so that calls at the same time do not want the same slot. */
async function someSlot(hero: HeroConnection): Promise<HeroSlot> {
  for (let tries = 0; tries < 28; tries += 1) {
    lastDay = (lastDay % 28) + 1;
    const day = { start_date: inDays(lastDay + 1), end_date: inDays(lastDay + 1) };
    const [slot] = (await listSlots(hero, day, { index: 0, size: 1 })).data;
    if (slot) return slot;
  }
  throw new Error("The practice has no free slot.");
}

/** Appointments that the calls created, oldest first. */
const createdIds: string[] = [];
/** More than calls that run at the same time create. */
const maxKept = 60;

/** Cancels what earlier calls left, so that the practice does not run out of slots. */
async function cancelOldAppointments(hero: HeroConnection): Promise<void> {
  const ids = createdIds.splice(0, Math.max(0, createdIds.length - maxKept));
  const inFull = { suppress_mail: true, suppress_cancellation_policy: true };
  await Promise.allSettled(ids.map((id) => cancelAppointment(hero, id, inFull)));
}

async function reserve(
  hero: HeroConnection,
  details: { patient_id?: string; reason?: string; suppress_mail?: boolean } = {},
): Promise<{ id: string; slot: HeroSlot }> {
  const slot = await someSlot(hero);
  const { appointment_type_id, location_id, practitioner_id, start_time, duration } = slot;
  const { id } = await createAppointment(hero, {
    ...{ appointment_type_id, location_id, practitioner_id, start_time, duration },
    ...details,
  });
  createdIds.push(id);
  return { id, slot };
}
