import { listAdmins } from "@/server/hero/admins";
import { getAutomatedMessage, listAutomatedMessages } from "@/server/hero/automated-messages";
import { appointmentStateOf } from "@/server/hero/appointment-state";
import { getAppointment, getAppointmentStatus } from "@/server/hero/appointments";
import { listPatientAttachments } from "@/server/hero/attachments";
import { getBatch, listBatches, listBatchRecipients, listBatchSends } from "@/server/hero/batches";
import {
  getBookingLink,
  listBookingLinks,
  listShortLinks,
  requestBookingLink,
  updateBookingLink,
} from "@/server/hero/booking-links";
import { getFormResponse } from "@/server/hero/form-responses";
import { fetchForm, fetchForms } from "@/server/hero/forms";
import { getLinkStatus } from "@/server/hero/link-status";
import { getMessage } from "@/server/hero/messages";
import { listEhrCandidates } from "@/server/hero/patient-ehr";
import { getPatient } from "@/server/hero/patients";
import {
  getCapabilities,
  getConfiguration,
  getPracticeGroup,
  getPractitioner,
  listAppointmentTypes,
  listElements,
  listLocations,
  listPractitioners,
} from "@/server/hero/practice";
import type { HeroCallRecord, HeroConnection } from "@/server/hero/request";
import { fetchSlotCount, fetchSlots, getSlot } from "@/server/hero/slots";
import { getTask, listTasks } from "@/server/hero/tasks";
import { listTemplates } from "@/server/hero/templates";
import { listWebhooks } from "@/server/hero/webhooks";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { type Print, tryCall } from "./call-client";
import { openConnection } from "./connection";

type Run = {
  hero: HeroConnection;
  print: Print;
  /** Runs a call and counts a failure. */
  call: <Result>(name: string, call: () => Promise<Result>) => Promise<Result | undefined>;
  /** Prints what was learned about an assumption; false counts as a failure. */
  learn: (assumption: string, isAsAssumed: boolean, text: string) => void;
};

/** Reads everything the portal reads, and reports what that says about assumptions. */
async function readAll(run: Run): Promise<void> {
  const { hero, call, learn } = run;
  const practice = await call("getPracticeGroupById", () => getPracticeGroup(hero));
  if (practice) {
    const isSame = practice.id === hero.practiceGroupId;
    learn("43", isSame, isSame ? "the practice is the requested one" : "another practice answered");
  }
  await call("getCapabilities", () => getCapabilities(hero));
  await call("listElements", () => listElements(hero));
  await call("listAppointmentTypes", () => listAppointmentTypes(hero));
  const places = await call("listLocations", () => listLocations(hero));
  const people = await call("listPractitioners", () => listPractitioners(hero));
  const ids = [...(places ?? []), ...(people ?? [])].map((item) => item.id);
  if (ids.length > 0) {
    const areDigits = ids.every((id) => /^\d+$/.test(id));
    learn("42", areDigits, areDigits ? "IDs contain only digits" : "an ID is not a number");
  }
  await call("countSlots", () => fetchSlotCount(hero, {}));
  const tomorrow = addDays(ukDateOf(new Date()), 1);
  const list = await call("listSlots", () =>
    fetchSlots(hero, { start_date: tomorrow, end_date: addDays(tomorrow, 6) }),
  );
  if (list) {
    const text = `${list.slots.length} slots ${list.isComplete ? "to the list's end" : "of an incomplete list"}`;
    learn("49", list.isComplete, text);
    const [slot] = list.slots;
    if (slot) await call("getSlot", () => getSlot(hero, slot.id));
  }
  await call("getConfiguration", () => getConfiguration(hero));
  const practitionerId = people?.[0]?.id;
  if (practitionerId) await call("getPractitioner", () => getPractitioner(hero, practitionerId));
  await learnWindow(run);
  const forms = await call("listForms", () => fetchForms(hero));
  const formId = forms?.[0]?.id;
  if (formId) await call("getForm", () => fetchForm(hero, formId));
  const bookingLinks = await call("listBookingLinks", () => listBookingLinks(hero));
  const page = (index: number) => () =>
    listShortLinks(hero, { index, size: 1, isGenericOnly: false });
  const first = await call("listShortLinks, page 0", page(0));
  const second = await call("listShortLinks, page 1", page(1));
  const firstLink = first?.data[0];
  if (firstLink && second) {
    const isSame = second.data.some(({ id }) => id === firstLink.id);
    learn("11", !isSame, isSame ? "pages 0 and 1 are the same" : "pages start at 0");
    const { type } = firstLink;
    const isKnown = ["booking", "form", "video"].includes(type ?? "");
    learn("19", isKnown, `a short link has the type “${type ?? "none"}”`);
    await call("getLinkStatus", () => getLinkStatus(hero, { id: firstLink.id }));
  }
  const [bookingLink] = bookingLinks ?? [];
  if (bookingLink) await call("getBookingLink", () => getBookingLink(hero, bookingLink.id));
  // URLs may hold secrets of other programs: only counts are printed.
  const webhookList = await call("listWebhooks", () => listWebhooks(hero));
  if (webhookList) {
    const text = `${webhookList.webhooks.length} webhooks of ${webhookList.isComplete ? "a complete" : "an incomplete"} list`;
    learn("63", webhookList.isComplete, text);
  }
  const templateList = await call("listTemplates", () => listTemplates(hero));
  if (templateList) {
    const { problem, templates } = templateList;
    learn("69", problem === null, problem ?? `${templates.length} templates could be read`);
  }
  await readTasks(run);
  await readAutomatedMessages(run);
  await readPatientRecords(run);
  await readOneAppointment(run);
  await readOneFormResponse(run);
  await readOneMessage(run);
  await readOneBatch(run);
}

/** Reads the list of tasks, one of them and the staff that it can be assigned to. */
async function readTasks({ hero, call, learn, print }: Run): Promise<void> {
  const staff = await call("listAdmins", () => listAdmins(hero));
  if (staff) learn("11", staff.isComplete, `${staff.admins.length} staff could be read`);
  const list = await call("listTasks", () => listTasks(hero));
  if (!list) return;
  const read = `${list.tasks.length} tasks could be read`;
  learn("73", list.isComplete, list.isComplete ? read : `${read}, and there are more`);
  const [first] = list.tasks;
  if (!first) {
    print("      No task was read: the practice has none.");
    return;
  }
  const task = await call("getTask", () => getTask(hero, first.id));
  if (task) learn("72", task.state !== "unknown", `the task is ${task.state} by its status`);
}

async function readAutomatedMessages({ hero, call, learn, print }: Run): Promise<void> {
  const list = await call("listAutomatedMessages", () => listAutomatedMessages(hero));
  if (!list) return;
  const [first] = list.messages;
  learn("74", list.isComplete, `${list.messages.length} automated messages could be read`);
  if (!first) {
    print("      No automated message was read: the practice has none.");
    return;
  }
  await call("getAutomatedMessage", () => getAutomatedMessage(hero, first.id));
}

/** Reads the test patient of the environment's variable. Nothing of the record is printed. */
async function readPatientRecords({ hero, call, learn, print }: Run): Promise<void> {
  const id = process.env.HERO_CHECK_PATIENT_ID;
  if (!id) {
    print("      Patients were not read. Set HERO_CHECK_PATIENT_ID to a test patient's ID.");
    return;
  }
  const patient = await call("getPatientById", () => getPatient(hero, id));
  if (patient) {
    const says = typeof patient.ehr_registered === "boolean";
    learn("54", says, `the record ${says ? "says" : "does not say"} whether it is registered`);
  }
  const candidates = await call("listPatientEhrCandidates", () => listEhrCandidates(hero, id));
  if (candidates) {
    const { length } = candidates.candidates;
    learn("11", candidates.isComplete, `${length} candidates of the clinical system in one reply`);
  }
  const files = await call("listPatientAttachments", () => listPatientAttachments(hero, id));
  if (files && files.attachments.length > 0) {
    const haveNames = files.attachments.every(({ name }) => name !== null);
    learn("58", haveNames, haveNames ? "files have names" : "a file has no name");
  }
}

async function readOneAppointment({ hero, call, learn, print }: Run): Promise<void> {
  const id = process.env.HERO_CHECK_APPOINTMENT_ID;
  if (!id) {
    print(
      "      Appointments were not read. Set HERO_CHECK_APPOINTMENT_ID to a test appointment's.",
    );
    return;
  }
  const appointment = await call("getAppointment", () => getAppointment(hero, id));
  const status = await call("getAppointmentStatus", () => getAppointmentStatus(hero, id));
  if (appointment && status !== undefined) {
    const state = appointmentStateOf(appointment, status);
    learn("23", state !== "unknown", `the appointment's state is ${state}`);
  }
}

async function readOneFormResponse({ hero, call, print }: Run): Promise<void> {
  const id = process.env.HERO_CHECK_FORM_RESPONSE_ID;
  if (!id) {
    print("      Submitted forms were not read. Set HERO_CHECK_FORM_RESPONSE_ID to a test one's.");
    return;
  }
  await call("getFormResponse", () => getFormResponse(hero, id));
}

async function readOneMessage({ hero, call, learn, print }: Run): Promise<void> {
  const id = process.env.HERO_CHECK_MESSAGE_ID;
  if (!id) {
    print("      Messages were not read. Set HERO_CHECK_MESSAGE_ID to a test message's ID.");
    return;
  }
  const message = await call("getMessage", () => getMessage(hero, id));
  if (!message) return;
  learn("23", message.status !== null, `the message is ${message.state} by its status`);
  learn("66", message.patientId !== null, "the message names its patient");
}

async function readOneBatch({ hero, call, learn, print }: Run): Promise<void> {
  const list = await call("listBatchMessages", () => listBatches(hero, { index: 0, size: 100 }));
  if (list) {
    const haveNames = list.data.every(({ name }) => name !== null);
    learn("75", haveNames, `${list.data.length} batches on the first page of the list`);
  }
  const id = process.env.HERO_CHECK_BATCH_ID;
  if (!id) {
    print("      No batch message was read. Set HERO_CHECK_BATCH_ID to a test batch's ID.");
    return;
  }
  const batch = await call("getBatchMessage", () => getBatch(hero, id));
  if (batch) learn("76", batch.state !== "unknown", `the batch is ${batch.state} by its status`);
  const { recipients = [] } =
    (await call("listBatchMessageRecipients", () => listBatchRecipients(hero, id))) ?? {};
  const areKnown = recipients.every(({ state }) => state !== "unknown");
  learn("78", areKnown, `${recipients.length} recipients have a status`);
  await call("listBatchMessageSends", () => listBatchSends(hero, id));
}

/** Counts the slots of a week at once and day by day: the sums agree when both ends are included. */
async function learnWindow({ hero, call, learn }: Run): Promise<void> {
  const days = Array.from({ length: 7 }, (_, index) => addDays(ukDateOf(new Date()), index + 1));
  const count = (start_date?: string, end_date?: string) =>
    call(`countSlots, ${start_date} to ${end_date}`, () =>
      fetchSlotCount(hero, { start_date, end_date }),
    );
  const inWeek = await count(days[0], days.at(-1));
  if (!inWeek) return;
  let sum = 0;
  for (const day of days) sum += (await count(day, day)) ?? 0;
  const text = `${inWeek} free slots in a week, ${sum} on its days`;
  learn("39", sum === inWeek, text);
}

/** Creates one link for no patient, with one use, changes it, closes it and reads after each step. */
async function tryTestLink({ hero, call, learn }: Run, print: Print): Promise<void> {
  const [type] = (await call("listAppointmentTypes", () => listAppointmentTypes(hero))) ?? [];
  const [location] = (await call("listLocations", () => listLocations(hero))) ?? [];
  if (!type || !location) throw new Error("The practice has no appointment type or location.");
  const today = ukDateOf(new Date());
  const created = await call("createBookingLink", () =>
    requestBookingLink(hero, {
      appointment_type_id: type.id,
      location_id: location.id,
      from_date: today,
      to_date: addDays(today, 1),
      expiry_date: addDays(today, 1),
      maximum_use_count: 1,
    }),
  );
  if (!created) return;
  learn("16a", true, "a link without a patient is allowed");
  const { id } = created;
  learn("16", id !== null, id === null ? "the response has no ID" : "the response has an ID");
  if (id === null) {
    print(`The test link stays open until it expires: ${created.url}`);
    return;
  }
  const before = await call("getBookingLink", () => getBookingLink(hero, id));
  learn("45", before?.maximum_uses === 1, `maximum_uses is ${before?.maximum_uses ?? "missing"}`);
  const listed = await call("listShortLinks", () =>
    listShortLinks(hero, { index: 0, size: 100, isGenericOnly: true }),
  );
  const own = listed?.data.find((link) => link.id === id);
  learn("47", own !== undefined, own ? "the link is listed" : "the first page lacks the link");
  if (own) {
    const isSameUrl = own.short_link === created.url;
    learn("46", isSameUrl, isSameUrl ? "its address is the same" : "its address differs");
  }
  await call("updateBookingLink", () => updateBookingLink(hero, id, { maximum_use_count: 2 }));
  const changed = await call("getBookingLink", () => getBookingLink(hero, id));
  learn(
    "40",
    changed?.maximum_uses === 2,
    `after the change, ${changed?.maximum_uses ?? "no"} uses`,
  );
  await call("updateBookingLink", () =>
    updateBookingLink(hero, id, { expiry_date: addDays(today, -1) }),
  );
  const closed = await call("getBookingLink", () => getBookingLink(hero, id));
  const isClosed = closed?.active === false;
  learn("40", isClosed, isClosed ? "a past expiry date closes it" : "the link is not closed");
  if (!isClosed) print(`Close the test link at Hero: ${id}`);
}

/**
 * Calls Hero's staging environment with the key of the environment's variables.
 * @returns whether every call succeeded and nothing differs from what is assumed
 */
export async function callStaging(withTestLink: boolean, print: Print): Promise<boolean> {
  const apiKey = process.env.HERO_CHECK_API_KEY;
  const practiceGroupId = process.env.HERO_CHECK_PRACTICE_GROUP_ID;
  if (!apiKey || !practiceGroupId) {
    throw new Error("Set HERO_CHECK_API_KEY and HERO_CHECK_PRACTICE_GROUP_ID.");
  }
  const { hero, records } = openConnection("staging", { apiKey, practiceGroupId });
  let failures = 0;
  const run: Run = {
    hero,
    print,
    async call(name, call) {
      const result = await tryCall(print, records, name, call);
      if (result === undefined && isFailure(records)) failures += 1;
      return result;
    },
    learn(assumption, isAsAssumed, text) {
      if (!isAsAssumed) failures += 1;
      print(`${isAsAssumed ? "ok    " : "FAIL  "}  assumption ${assumption}: ${text}`);
    },
  };
  await readAll(run);
  if (withTestLink) await tryTestLink(run, print);
  print(`${records.length} calls, ${failures} failed or differ from what is assumed`);
  return failures === 0;
}

const isFailure = (records: HeroCallRecord[]) => records.at(-1)?.errorCode !== null;
