import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createBookingLinkInput, createFormLinkInput } from "@/server/schemas/links/inputs";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { LinkView } from "@/server/schemas/links/view";
import type { SlotView } from "@/server/schemas/slots";
import { bookAppointment } from "@/server/services/appointments/book";
import { cancelAppointment } from "@/server/services/appointments/cancel";
import { editAppointment, rescheduleAppointment } from "@/server/services/appointments/move";
import { refreshAppointment } from "@/server/services/appointments/refresh";
import { reserveAppointment } from "@/server/services/appointments/reserve";
import { createBulkUpload, addBulkUploadRows } from "@/server/services/bulk-uploads/create";
import { startBulkUpload } from "@/server/services/bulk-uploads/control";
import { runBulkUpload } from "@/server/services/bulk-uploads/run";
import { getBulkUpload } from "@/server/services/bulk-uploads/read";
import { createPlacement } from "@/server/services/placements/save";
import { createApiKey } from "@/server/services/api-keys/create";
import { getForm, listForms } from "@/server/services/forms";
import { createBookingLink, createFormLink, createVideoLink } from "@/server/services/links/create";
import { getLink, listLinks } from "@/server/services/links/read";
import { reconcileLink } from "@/server/services/links/reconcile-unknown";
import { refreshLink } from "@/server/services/links/refresh";
import { closeLink, updateLink } from "@/server/services/links/update";
import { lookUpPatient } from "@/server/services/patients/lookup";
import { getBookingOptions, getPractice } from "@/server/services/practices/read";
import { testPracticeNow } from "@/server/services/practices/test-connection";
import { countSlots, listFreeSlots } from "@/server/services/slots";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser, sandboxUrl } from "../setup/database";
import { exchange, requestSession } from "../support/elements";
import {
  createPatientCase,
  getSandboxPractice,
  inDialect,
  injectFault,
  listGeneratedPatients,
  listHeroCalls,
  listTestPatients,
} from "../support/hero";
import { createTenant } from "../support/tenants";
import { controlSandbox, listAtHero } from "./appointments/support";

const practiceGroupId = "30183";
const superuser = connectAsSuperuser();
const today = ukDateOf(new Date());
const expiresOn = addDays(today, 7);

const heroLinkSchema = z.object({
  url: z.string(),
  patientId: z.string().nullable(),
  toDate: z.string().nullable(),
  expiryDate: z.string().nullable(),
  maxUses: z.number().nullable(),
});

/** What Hero itself has, by address. */
async function findHeroLink(url: string | null) {
  const response = await fetch(`${sandboxUrl}/_sandbox/links`);
  const found = z
    .array(heroLinkSchema)
    .parse(await response.json())
    .find((link) => link.url === url);
  if (!found) throw new Error("Hero has no such link.");
  return found;
}

const dialectParts = [
  ...["bodies", "casing", "changes", "compression", "dates"],
  ...["errors", "merges", "numbers", "pages", "types", "webhooks", "windows"],
];

it("every part of the second dialect is tried alone too, so that none hides another", async () => {
  const response = await fetch(`${sandboxUrl}/_sandbox/dialect-parts`);
  expect(await response.json()).toEqual(dialectParts);
});

const dialects = ["first", "second", ...dialectParts.map((part) => `second-only-${part}`)];

/** The sandbox's first way to answer, and the other one wherever Hero documents nothing. */
describe.each(dialects)("with a Hero that speaks the %s dialect", (dialect) => {
  const isFirst = dialect === "first";
  const has = (part: string) => dialect === "second" || dialect === `second-only-${part}`;
  let ctx: TenantContext;
  let practiceId: string;
  let apiKey: string;
  let choice: { appointmentTypeId: string; locationId: string };

  beforeAll(async () => {
    const tenant = await createTenant();
    const practice = await getSandboxPractice(practiceGroupId, "b");
    apiKey = inDialect(practice.apiKey, dialect);
    ({ id: practiceId } = await tenant.connect({ practiceGroupId, apiKey }));
    ctx = await tenant.asOwner();
    const { appointmentTypes, locations } = await getBookingOptions(ctx, { practiceId });
    choice = {
      appointmentTypeId: appointmentTypes[0]?.id ?? "",
      locationId: locations[0]?.id ?? "",
    };
  });

  const createLink = (overrides: Record<string, unknown> = {}) =>
    createBookingLink(
      ctx,
      createBookingLinkInput.parse({
        operationId: randomUUID(),
        practiceId,
        ...choice,
        expiresOn,
        maxUses: 1,
        ...overrides,
      }),
    );

  /** Changes a link. `isReported`: the person sees that Hero did not confirm it. */
  async function tryChange(link: LinkView, change: () => Promise<LinkView>) {
    const hasFailed = await change().then(
      () => false,
      () => true,
    );
    const after = await getLink(ctx, { linkId: link.id });
    return { after, isReported: hasFailed || after.reason !== null };
  }

  it("a practice connects with its name, its IDs as text, and every reading feature available", async () => {
    const practice = await getPractice(ctx, { practiceId });
    expect(practice).toMatchObject({ practiceGroupId, name: expect.stringMatching(/\w/) });
    expect(choice.appointmentTypeId).toMatch(/^\d+$/);
    expect(choice.locationId).toMatch(/^\d+$/);
    const tested = await testPracticeNow(ctx, { practiceId });
    expect(tested.capabilityChecks.filter(({ isAvailable }) => !isAvailable)).toEqual([]);
  });

  it("a link is created once, opens, and is listed and refreshed as live", async () => {
    const link = await createLink();
    expect(link).toMatchObject({ state: "live", reason: null });
    expect((await fetch(link.url ?? "")).status).toBe(200);
    expect((await listHeroCalls(apiKey, "createBookingLink")).length).toBe(1);
    expect((await listLinks(ctx, {})).items.map(({ id }) => id)).toContain(link.id);
    expect(await refreshLink(ctx, { linkId: link.id })).toMatchObject({
      state: "live",
      uses: 0,
      url: link.url,
    });
  });

  it("a changed limit is in the ledger only when Hero has it too", async () => {
    const link = await createLink();
    const { after, isReported } = await tryChange(link, () =>
      updateLink(ctx, { linkId: link.id, expiresOn: addDays(expiresOn, 2), maxUses: 4 }),
    );
    const atHero = await findHeroLink(link.url);
    if (isFirst) expect(after).toMatchObject({ maxUses: 4, expiresOn: addDays(expiresOn, 2) });
    if (!isReported) {
      expect(after).toMatchObject({ maxUses: atHero.maxUses, expiresOn: atHero.expiryDate });
    }
    expect((await listHeroCalls(apiKey, "updateBookingLink")).length).toBe(1);
  });

  it("a link is shown as closed only when it is closed at Hero", async () => {
    const link = await createLink();
    const { after, isReported } = await tryChange(link, () => closeLink(ctx, { linkId: link.id }));
    const isClosedAtHero = ((await findHeroLink(link.url)).expiryDate ?? "") < today;
    expect(isClosedAtHero).toBe(!has("changes"));
    if (after.state === "closed") expect(isClosedAtHero).toBe(true);
    else expect({ isFirst, isReported }).toEqual({ isFirst: false, isReported: true });
  });

  it("an unknown link is never resolved as not created while Hero has it", async () => {
    await injectFault({
      operation: "createBookingLink",
      key: apiKey,
      reset: true,
      afterWork: true,
    });
    const link = await createLink({ expiresOn: addDays(today, 143) });
    expect(link.state).toBe("unknown");
    await superuser`update links set requested_at = now() - interval '1 hour' where id = ${link.id}`;
    await reconcileLink(ctx, { linkId: link.id }).catch(() => undefined);
    const after = await getLink(ctx, { linkId: link.id });
    expect(after.state).not.toBe("failed");
    if (isFirst) expect(after.state).toBe("live");
    if (after.url) expect((await findHeroLink(after.url)).expiryDate).toBe(addDays(today, 143));
  });

  it("a patient is found with details, and no answer is not shown as “not found”", async () => {
    const registered = await listTestPatients(practiceGroupId);
    const patient = registered.find(
      ({ isArchived, isRestricted, isDeceased }) => !isArchived && !isRestricted && !isDeceased,
    );
    const restricted = registered.find(({ isRestricted }) => isRestricted);
    if (!patient || !restricted) throw new Error("The sandbox lacks a patient.");
    const lookUp = (nhsNumber: string, dateOfBirth: string) =>
      lookUpPatient(ctx, { practiceId, identity: { by: "nhs_number", nhsNumber, dateOfBirth } });
    expect(await lookUp(patient.nhsNumber, patient.dateOfBirth)).toMatchObject({
      outcome: "found",
      patientId: patient.patientId,
      demographics: { dateOfBirth: patient.dateOfBirth },
      refusal: null,
    });
    expect(await lookUp(restricted.nhsNumber, restricted.dateOfBirth)).toMatchObject({
      outcome: "found",
      refusal: expect.stringMatching(/restricted/),
    });
    const absent = await lookUp(patient.nhsNumber, "1901-01-01").catch(() => undefined);
    expect(absent?.outcome === "not_found").toBe(!has("errors"));
    const invite = await createLink({ patientId: patient.patientId });
    expect((await findHeroLink(invite.url)).patientId).toBe(patient.patientId);
    await expect(createLink({ patientId: restricted.patientId })).rejects.toThrow(/restricted/);
  });

  it("a bulk upload creates one link for each row, and none for a restricted patient", async () => {
    const patients = await listGeneratedPatients(2);
    const restricted = (await listTestPatients(practiceGroupId)).find(
      (patient) => patient.isRestricted,
    );
    const rows = [...patients, restricted].flatMap((patient, index) =>
      patient
        ? {
            rowNumber: index + 1,
            reference: `row-${index + 1}`,
            practiceId,
            ...choice,
            expiresOn,
            maxUses: 1,
            identity: {
              by: "nhs_number" as const,
              nhsNumber: patient.nhsNumber,
              dateOfBirth: patient.dateOfBirth,
            },
          }
        : [],
    );
    const before = (await listHeroCalls(apiKey, "createBookingLink")).length;
    const { id: bulkUploadId } = await createBulkUpload(ctx, {
      operationId: randomUUID(),
      name: "Letters",
      kind: "booking",
      rowCount: rows.length,
      columns: { reference: "Ref" },
    });
    await addBulkUploadRows(ctx, { bulkUploadId, rows });
    await startBulkUpload(ctx, { bulkUploadId, confirmedRecipients: rows.length });
    await runBulkUpload(ctx, bulkUploadId, new AbortController().signal);
    expect((await getBulkUpload(ctx, { bulkUploadId })).counts).toMatchObject({
      created: 2,
      failed: 1,
      unknown: 0,
    });
    expect((await listHeroCalls(apiKey, "createBookingLink")).length - before).toBe(2);
    const { items } = await listLinks(ctx, { bulkUploadId });
    for (const { url, patientId } of items) {
      expect((await findHeroLink(url)).patientId).toBe(patientId);
    }
  });

  it("a form is listed and read, and its link stays live after a refresh", async () => {
    const [form] = await listForms(ctx, { practiceId });
    const formId = form?.id ?? "";
    expect((await getForm(ctx, { practiceId, formId })).questions.length).toBeGreaterThan(0);
    const link = await createFormLink(
      ctx,
      createFormLinkInput.parse({
        operationId: randomUUID(),
        practiceId,
        formId,
        expiresOn,
        maxUses: 1,
      }),
    );
    expect(link.state).toBe("live");
    expect((await refreshLink(ctx, { linkId: link.id })).state).toBe("live");
  });

  it("a video link is created, and stays live after a refresh", async () => {
    const { patients } = await createPatientCase(practiceGroupId, "found");
    const link = await createVideoLink(ctx, {
      operationId: randomUUID(),
      practiceId,
      patientId: patients[0]?.patientId ?? "",
      expiresOn,
    });
    expect(link).toMatchObject({ state: "live", kind: "video" });
    expect((await refreshLink(ctx, { linkId: link.id })).state).toBe("live");
  });

  it("free slots are counted, never more than there are on the requested days", async () => {
    const count = (slotsTo: string) =>
      countSlots(ctx, { practiceId, ...choice, slotsFrom: addDays(today, 1), slotsTo });
    const { count: inWeek } = await count(addDays(today, 14));
    const { count: inLongerWeek } = await count(addDays(today, 15));
    expect(inWeek).toBeGreaterThan(0);
    expect(inLongerWeek).toBeGreaterThanOrEqual(inWeek);
  });

  describe("an appointment", () => {
    let slots: SlotView[];
    let patientId: string;
    const nextSlot = (): SlotView => {
      const slot = slots.shift();
      if (!slot) throw new Error("The week has no slot left.");
      return slot;
    };
    const reserve = (slot: SlotView) =>
      reserveAppointment(ctx, {
        operationId: randomUUID(),
        practiceId,
        patientId,
        slotId: slot.id,
        startsAt: slot.startsAt,
        ...choice,
      });
    async function hold() {
      const slot = nextSlot();
      const { outcome, appointment } = await reserve(slot);
      expect(outcome).toBe("held");
      if (!appointment) throw new Error("A held time has an appointment.");
      return { slot, appointment, appointmentId: appointment.id };
    }
    const book = (appointmentId: string) =>
      bookAppointment(ctx, { operationId: randomUUID(), appointmentId, tellPatient: false });
    const findAtHero = async (heroId: string | null) =>
      (await listAtHero(patientId)).find(({ id }) => id === heroId);

    beforeAll(async () => {
      const [patient] = (await createPatientCase(practiceGroupId, "found")).patients;
      patientId = patient?.patientId ?? "";
      // Each dialect has slots of its own, of a week in which every slot is listed.
      const index = dialects.indexOf(dialect);
      const [week, part] = [index % 4, Math.floor(index / 4)];
      const firstDay = addDays(today, 15 + 7 * week);
      const list = await listFreeSlots(ctx, { practiceId, ...choice, weekdays: [], firstDay });
      slots = list.slots
        .filter(({ locationId }) => locationId === choice.locationId)
        .filter((_, position) => position % 4 === part);
      if (!list.isComplete) throw new Error("Not all slots could be read.");
    });

    it("an appointment is held, moved, booked, moved and cancelled as Hero has it", async () => {
      const { slot, appointment, appointmentId } = await hold();
      expect(appointment).toMatchObject({
        state: "reserved",
        startsAt: slot.startsAt,
        durationMinutes: slot.durationMinutes,
        practitioner: { id: slot.practitionerId },
      });
      // Also where only the record says until when, and not the reply.
      expect(Date.parse(appointment.reservedUntil ?? "")).toBeGreaterThan(Date.now());
      const heroId = appointment.heroAppointmentId;
      const [edited, moved] = [nextSlot(), nextSlot()];
      const change = (slotId: string) => ({ operationId: randomUUID(), appointmentId, slotId });
      expect(await editAppointment(ctx, change(edited.id))).toMatchObject({
        outcome: "made",
        appointment: { state: "reserved", startsAt: edited.startsAt },
      });
      expect(await book(appointmentId)).toMatchObject({
        outcome: "made",
        appointment: { state: "booked", startsAt: edited.startsAt },
      });
      expect(
        await rescheduleAppointment(ctx, { ...change(moved.id), tellPatient: false }),
      ).toMatchObject({
        outcome: "made",
        appointment: { state: "booked", startsAt: moved.startsAt },
      });
      const atHero = await findAtHero(heroId);
      expect(atHero).toMatchObject({ state: "booked" });
      expect(Date.parse(String(atHero?.startTime))).toBe(Date.parse(moved.startsAt));
      const cancellation = { operationId: randomUUID(), tellPatient: false, isLate: false };
      expect(await cancelAppointment(ctx, { appointmentId, ...cancellation })).toMatchObject({
        outcome: "made",
        appointment: { state: "cancelled" },
      });
      expect(await findAtHero(heroId)).toMatchObject({ state: "cancelled" });
    });

    it("a time that the practice takes is not held and not booked, and others are offered", async () => {
      const slot = nextSlot();
      await controlSandbox(`slots/${slot.id}/take`, { practiceGroupId });
      const late = await reserve(slot);
      expect(late).toMatchObject({ outcome: "slot_taken", appointment: null });
      expect(late.nearest?.slots.length).toBeGreaterThan(0);
      const { appointment, appointmentId } = await hold();
      await controlSandbox(`appointments/${appointment.heroAppointmentId}/take`);
      const refused = await book(appointmentId);
      expect(refused).toMatchObject({
        outcome: "refused",
        reason: expect.stringContaining("Nothing was booked."),
      });
      expect(refused.nearest?.slots.length).toBeGreaterThan(0);
    });

    it("a hold that has ended is shown as lapsed", async () => {
      const { appointment, appointmentId } = await hold();
      await controlSandbox(`appointments/${appointment.heroAppointmentId}/expire`);
      expect(await refreshAppointment(ctx, { appointmentId })).toMatchObject({
        appointment: { state: "lapsed" },
      });
    });

    it("a booking whose reply is lost is read back as booked, and sent once", async () => {
      const { appointment, appointmentId } = await hold();
      const countBookings = async () => (await listHeroCalls(apiKey, "bookAppointment")).length;
      const before = await countBookings();
      await injectFault({
        operation: "bookAppointment",
        key: apiKey,
        reset: true,
        afterWork: true,
      });
      expect(await book(appointmentId)).toMatchObject({
        outcome: "made",
        appointment: { state: "booked" },
      });
      expect(await countBookings()).toBe(before + 1);
      expect(await findAtHero(appointment.heroAppointmentId)).toMatchObject({ state: "booked" });
    });
  });

  it("an element session gets a token", async () => {
    const placement = await createPlacement(ctx, {
      element: "hh-message-builder",
      name: "Messages",
      practiceIds: [practiceId],
      origins: ["https://app.example.org"],
      theme: {},
      attributes: { adminId: "7" },
    });
    const { key } = await createApiKey(ctx, {
      name: "Server",
      permissions: ["element_sessions.create"],
    });
    const session = await requestSession(key, { placementId: placement.id, practiceGroupId });
    const response = await exchange({ secret: session.json.secret });
    expect(response.status).toBe(200);
  });
});
