import { beforeAll, describe, expect, it } from "vitest";
import { minimalLink } from "@/scripts/contract-check/client-calls";
import { createAttachmentLink } from "@/server/hero/attachments";
import { requestBookingLink } from "@/server/hero/booking-links";
import { getMessage, type NewMessage, sendMessage } from "@/server/hero/messages";
import type { HeroConnection } from "@/server/hero/request";
import { listTemplates } from "@/server/hero/templates";
import { sandboxUrl } from "../setup/database";
import {
  changePatient,
  createPatientCase,
  getSandboxPractice,
  inDialect,
  injectFault,
  listHeroCalls,
} from "../support/hero";
import { createAccess, practiceGroup } from "./fake-hero";

const sms: Omit<NewMessage, "patient_id"> = {
  message_type: "sms",
  message_string: "Dear Ŵyn,\nyour results are back.",
};

describe.each(["first", "second", "second-only-bodies", "second-only-types", "second-only-casing"])(
  "messages with a Hero that speaks the %s dialect",
  (dialect) => {
    const practiceGroupId = "30183";
    const hasBodies = dialect === "second" || dialect.endsWith("bodies");
    let access: HeroConnection;
    let apiKey: string;

    beforeAll(async () => {
      const practice = await getSandboxPractice(practiceGroupId, "c");
      apiKey = inDialect(practice.apiKey, dialect);
      ({ access } = createAccess({ apiKey, practiceGroupId: practiceGroup(practiceGroupId) }));
    });

    const newPatient = async (name = "found") => {
      const [patient] = (await createPatientCase(practiceGroupId, name)).patients;
      if (!patient?.patientId) throw new Error("The case has no patient.");
      return patient.patientId;
    };

    /** Makes one message older, so that the clock that tests share need not move. */
    const age = async (id: string, advanceMs: number) => {
      const body = JSON.stringify({ advanceMs });
      await fetch(`${sandboxUrl}/_sandbox/messages/${id}/age`, { method: "POST", body });
      return getMessage(access, id);
    };

    it("a text message with a link and a file is sent once and delivered", async () => {
      const patientId = await newPatient();
      const link = await requestBookingLink(access, await minimalLink(access));
      const { uuid } = await createAttachmentLink(access, {
        patient_id: patientId,
        file_name: "Advice.pdf",
        file_data: Buffer.from("%PDF-1.7").toString("base64"),
      });
      const { id } = await sendMessage(access, {
        ...sms,
        patient_id: patientId,
        attachment_uuid: uuid,
        ...(link.id && { short_link_id: link.id }),
      });
      expect(await getMessage(access, id)).toMatchObject({ id, patientId, state: "in_progress" });
      expect(await age(id, 3000)).toMatchObject({
        state: "delivered",
        patientId,
        linkId: link.id,
        failure: null,
        channel: hasBodies ? null : "sms",
        recordWrite: null,
      });
      expect(await listHeroCalls(apiKey, "sendMessage")).toHaveLength(1);
    });

    it("an NHS App message is opened, or falls back to a text message", async () => {
      const nhsApp = {
        ...sms,
        message_type: "nhs_app",
        fallback_message_type: "sms",
      } as const;
      const read = await sendMessage(access, { ...nhsApp, patient_id: await newPatient() });
      expect(await age(read.id, 3000)).toMatchObject({ state: "in_progress" });
      expect(await age(read.id, 60_000)).toMatchObject({ state: "opened" });
      const unread = await sendMessage(access, {
        ...nhsApp,
        patient_id: await newPatient("unread_in_nhs_app"),
      });
      expect(await age(unread.id, 3_590_000)).toMatchObject({ state: "in_progress" });
      expect(await age(unread.id, 20_000)).toMatchObject({
        state: "delivered",
        channel: hasBodies ? null : "sms",
      });
    });

    it("a number that cannot be reached fails with a reason", async () => {
      const patientId = await newPatient();
      await changePatient(patientId, { mobile: "07700 900990" });
      const { id } = await sendMessage(access, { ...sms, patient_id: patientId });
      expect(await age(id, 3000)).toMatchObject({
        state: "failed",
        failure: expect.stringMatching(/\w/),
      });
    });

    it("a record entry is written only for a patient with a clinical record", async () => {
      const entry = { ...sms, write_to_record: true, auto_write_to_record: true };
      const connected = await sendMessage(access, { ...entry, patient_id: await newPatient() });
      const unconnected = await sendMessage(access, {
        ...entry,
        patient_id: await newPatient("not_in_ehr"),
      });
      expect((await age(connected.id, 5000)).recordWrite).toMatchObject({ state: "written" });
      expect((await age(unconnected.id, 5000)).recordWrite).toMatchObject({
        state: "failed",
        failure: expect.stringContaining("clinical system"),
      });
    });

    it.each([
      ["has died", { deceasedOn: "2026-11-01" }],
      ["is restricted", { isRestricted: true }],
      ["is archived", { isArchived: true }],
      ["has no mobile number", { mobile: "" }],
      ["has a premium number", { mobile: "09011 123456" }],
      ["has a foreign number", { mobile: "+33 6 12 34 56 78" }],
    ])("a text message to a patient who %s is refused and not sent", async (_, changes) => {
      const patientId = await newPatient();
      await changePatient(patientId, changes);
      const call = sendMessage(access, { ...sms, patient_id: patientId });
      await expect(call).rejects.toMatchObject({ code: "bad_request", writeOutcome: "no" });
    });

    it("a response that is lost after the work leaves the message unknown", async () => {
      const patientId = await newPatient();
      await injectFault({ operation: "sendMessage", key: apiKey, reset: true, afterWork: true });
      const call = sendMessage(access, { ...sms, patient_id: patientId });
      await expect(call).rejects.toMatchObject({ writeOutcome: "unknown" });
      const response = await fetch(`${sandboxUrl}/_sandbox/messages?patientId=${patientId}`);
      expect(await response.json()).toHaveLength(1);
    });

    it("a merged record's message is about the patient that it was merged into", async () => {
      const [patientId, survivorId] = [await newPatient(), await newPatient()];
      await changePatient(patientId, { mergedInto: { patientId: survivorId, reply: "other_id" } });
      const { id } = await sendMessage(access, { ...sms, patient_id: patientId });
      expect((await getMessage(access, id)).patientId).toBe(survivorId);
    });

    it("templates are listed with their texts", async () => {
      const { templates, problem } = await listTemplates(access);
      expect(problem).toBeNull();
      expect(templates.map(({ name }) => name)).toContain("Flu clinic");
      expect(templates.every(({ id, text: body }) => /^\d+$/.test(id) && body !== "")).toBe(true);
    });
  },
);
