import { randomBytes, randomUUID } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { apiKeys } from "@/db/schema/api-keys";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { MessageView } from "@/server/schemas/messages";
import { parseUkTime } from "@/server/schemas/quiet-hours";
import { createBookingLink, createVideoLink } from "@/server/services/links/create";
import { closeLink } from "@/server/services/links/update";
import { cancelMessage } from "@/server/services/messages/cancel";
import { getMessageById } from "@/server/services/messages/read";
import { setSensitiveContact } from "@/server/services/messages/sensitive";
import { getOverview } from "@/server/services/results/overview";
import { actorId, type TenantContext } from "@/server/tenancy/context";
import { changePatient, createPatientCase, injectFault } from "../../support/hero";
import { createTenant, firstBookingChoice } from "../../support/tenants";
import {
  connectForMessages,
  createMessageTenants,
  createPatient,
  type DraftChanges,
  listActions,
  listReceived,
  makeDue,
  type MessagePractice,
  preview,
  release,
  releaseAll,
  request,
  saveSettings,
  superuser,
} from "./support";

const practiceGroupId = "20533";
let own: MessagePractice;

beforeAll(async () => {
  ({ own } = await createMessageTenants(practiceGroupId));
});

/** Expects that a message is held, for this reason, and that nothing was sent. */
async function expectHeld(
  practice: MessagePractice,
  message: MessageView,
  failureCode: string,
): Promise<void> {
  await makeDue(message.id);
  await releaseAll(practice);
  const [row] = await superuser<{ state: string; code: string }[]>`
    select state, failure_code as code from messages where id = ${message.id}`;
  expect(row).toEqual({ state: "held", code: failureCode });
  expect(await listReceived(message.patientId)).toEqual([]);
  expect(await listActions(message.id)).toEqual(["message.requested", "message.held"]);
}

async function createLink({ practiceId }: MessagePractice, ctx: TenantContext, patientId?: string) {
  return createBookingLink(ctx, {
    operationId: randomUUID(),
    practiceId,
    ...(await firstBookingChoice(ctx, practiceId)),
    ...(patientId && { patientId }),
    expiresOn: addDays(ukDateOf(new Date()), 7),
    maxUses: 1,
  });
}

describe("what changes after the review holds a message", () => {
  it.each([
    ["has died", { deceasedOn: "2026-01-05" }],
    ["is archived", { isArchived: true }],
    ["is restricted", { isRestricted: true }],
  ])("the patient %s", async (_, changes) => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    await changePatient(patientId, changes);
    await expectHeld(own, message, "refused");
  });

  it.each(["merged_elsewhere", "merged_elsewhere_empty"])(
    "the patient's record was merged: %s",
    async (name) => {
      const { patients } = await createPatientCase(practiceGroupId, "mergeable");
      const [patient, survivor] = patients;
      const patientId = patient?.patientId ?? "";
      const message = await request(own, patientId);
      await changePatient(patientId, {
        mergedInto: {
          patientId: survivor?.patientId ?? "",
          reply: name === "merged_elsewhere" ? "other_id" : "empty_list",
        },
      });
      await expectHeld(own, message, "refused");
    },
  );

  it.each([
    ["the patient's number", { mobile: "07700 900777" }, {}],
    [
      "the number of the fallback",
      { mobile: "07700 900778" },
      { channel: "nhs_app", fallbackChannel: "sms" },
    ],
    ["the patient's address", { email: "someone.else@example.com" }, { channel: "email" }],
    [
      "the patient's number, also beside one that was entered",
      { mobile: "07700 900779" },
      { contact: "07700 900123" },
    ],
  ] as const)("%s has changed", async (_, changes, draft) => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId, draft as DraftChanges);
    await changePatient(patientId, changes);
    await expectHeld(own, message, "changed");
  });

  it("the patient's number was removed", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    await changePatient(patientId, { mobile: "" });
    await expectHeld(own, message, "refused");
  });

  it("the patient turns out to be under 16", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    await changePatient(patientId, { dateOfBirth: `${new Date().getFullYear() - 9}-01-01` });
    await expectHeld(own, message, "under_16");
  });

  it("the contact was marked as sensitive; the NHS App without a fallback is still allowed", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    const inApp = await request(own, patientId, { channel: "nhs_app" });
    const { practiceId } = own;
    await setSensitiveContact(own.ctx, { practiceId, patientId, isSensitive: true });
    expect(await preview(own, patientId)).toMatchObject({ isSensitiveContact: true });
    await expectHeld(own, message, "refused");
    expect(await release(own, inApp)).toMatchObject({ state: "sent" });
    await setSensitiveContact(own.ctx, { practiceId, patientId, isSensitive: false });
    expect((await preview(own, patientId)).refusal).toBeNull();
  });

  it("the mark of a record that was merged is copied to the one that remains", async () => {
    const { patients } = await createPatientCase(practiceGroupId, "mergeable");
    const [patientId = "", survivorId = ""] = patients.map((patient) => patient.patientId ?? "");
    await setSensitiveContact(own.ctx, {
      practiceId: own.practiceId,
      patientId,
      isSensitive: true,
    });
    expect((await preview(own, survivorId)).isSensitiveContact).toBe(false);
    await changePatient(patientId, { mergedInto: { patientId: survivorId, reply: "other_id" } });
    expect((await preview(own, patientId)).refusal).not.toBeNull();
    expect((await preview(own, survivorId)).isSensitiveContact).toBe(true);
  });

  it("the link was closed", async () => {
    const patientId = await createPatient(practiceGroupId);
    const link = await createLink(own, own.ctx);
    const message = await request(own, patientId, { linkId: link.id, text: "Book: {{link}}" });
    await closeLink(own.ctx, { linkId: link.id });
    await expectHeld(own, message, "refused");
  });

  it("the link belongs to a patient whose record was merged", async () => {
    const patientId = await createPatient(practiceGroupId);
    const link = await createLink(own, own.ctx, patientId);
    const message = await request(own, patientId, { linkId: link.id });
    const { tenantId, environment } = own.ctx;
    await superuser`insert into replaced_patients (tenant_id, environment, practice_id, patient_id)
      values (${tenantId}, ${environment}, ${own.practiceId}, ${patientId})`;
    await expectHeld(own, message, "refused");
  });

  it("the author was removed, has another role, or was disabled", async () => {
    const changes: ((ctx: TenantContext, userId: string) => Promise<unknown>)[] = [
      (ctx, userId) => superuser`delete from memberships
        where tenant_id = ${ctx.tenantId} and user_id = ${userId}`,
      (ctx, userId) => superuser`update memberships set role = 'viewer'
        where tenant_id = ${ctx.tenantId} and user_id = ${userId}`,
      (_, userId) => superuser`update users set disabled_at = now() where id = ${userId}`,
    ];
    for (const change of changes) {
      const ctx = await own.tenant.asRole("operator");
      const patientId = await createPatient(practiceGroupId);
      const message = await request(own, patientId, {}, ctx);
      if (ctx.actor.kind !== "person") throw new Error("Not a person.");
      await change(ctx, ctx.actor.userId);
      await expectHeld(own, message, "author_not_allowed");
    }
  });

  it("the author may no longer write to the record automatically", async () => {
    const patientId = await createPatient(practiceGroupId);
    const ctx = await own.tenant.asRole("owner");
    const message = await request(own, patientId, { recordWrite: "automatic" }, ctx);
    if (ctx.actor.kind !== "person") throw new Error("Not a person.");
    await superuser`update memberships set role = 'operator'
      where tenant_id = ${ctx.tenantId} and user_id = ${ctx.actor.userId}`;
    await expectHeld(own, message, "author_not_allowed");
  });
});

/** The context of a new API key of the practice's organisation. */
async function createKey({ tenant, ctx }: MessagePractice): Promise<TenantContext> {
  const owner = await tenant.asOwner();
  const permissions = ["messages.read", "messages.send"];
  const id = uuidv7();
  await db.tenant(ctx, (tx) =>
    tx.insert(apiKeys).values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      name: "Server",
      tokenHash: randomBytes(32),
      lastFour: "abcd",
      permissions,
      createdBy: actorId(owner),
    }),
  );
  return { ...ctx, actor: { kind: "server", apiKeyId: id, name: "Server", permissions } };
}

describe("an API key that requested a message", () => {
  it.each([
    ["is active", () => null, "sent", null],
    [
      "was revoked",
      (keyId: string) => superuser`update api_keys set revoked_at = now() where id = ${keyId}`,
      "held",
      "author_not_allowed",
    ],
    [
      "no longer has the permission",
      (keyId: string) =>
        superuser`update api_keys set permissions = array['messages.read'] where id = ${keyId}`,
      "held",
      "author_not_allowed",
    ],
  ] as const)(
    "a message is released by the state of its key: it %s",
    async (_, change, state, failureCode) => {
      const practice = await connectForMessages(await createTenant(), practiceGroupId);
      const patientId = await createPatient(practiceGroupId);
      const ctx = await createKey(practice);
      const message = await request(practice, patientId, {}, ctx);
      await change(actorId(ctx));
      expect(await release(practice, message)).toMatchObject({ state, failureCode });
      expect(await listReceived(patientId)).toHaveLength(state === "sent" ? 1 : 0);
    },
  );
});

describe("what cannot be read holds a message", () => {
  it.each([
    ["the patient, because the key is refused", "getPatientById", { status: 401 }, "unauthorised"],
    [
      "the patient, because the reply is cut off",
      "getPatientById",
      { truncate: true },
      "unreadable_reply",
    ],
  ] as const)(
    "a message is held when the portal cannot read %s",
    async (_, operation, fault, failureCode) => {
      const practice = await connectForMessages(await createTenant(), practiceGroupId);
      const patientId = await createPatient(practiceGroupId);
      const message = await request(practice, patientId);
      await injectFault({ operation, key: practice.apiKey, times: 3, ...fault });
      await expectHeld(practice, message, failureCode);
    },
  );

  it("a message is sent once after a failure of Hero that passes", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const patientId = await createPatient(practiceGroupId);
    const message = await request(practice, patientId);
    await makeDue(message.id);
    await injectFault({
      operation: "getPatientById",
      key: practice.apiKey,
      times: 3,
      status: 500,
    });
    await releaseAll(practice);
    const [row] = await superuser<{ seconds: number }[]>`
      select extract(epoch from leased_until - unreadable_since)::int as seconds
      from messages where id = ${message.id}`;
    expect(row?.seconds).toBe(20);
    expect(await getMessageById(practice.ctx, { messageId: message.id })).toMatchObject({
      state: "scheduled",
      reason: null,
    });
    expect(await listReceived(patientId)).toEqual([]);
    expect(await release(practice, message)).toMatchObject({ state: "sent" });
    expect(await listReceived(patientId)).toHaveLength(1);
    expect(await listActions(message.id)).toEqual(["message.requested", "message.sent"]);
  });

  it("a message is held when Hero has failed for ten minutes", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const patientId = await createPatient(practiceGroupId);
    const message = await request(practice, patientId);
    await superuser`update messages set unreadable_since = now() - interval '11 minutes'
      where id = ${message.id}`;
    await injectFault({ operation: "getPatientById", key: practice.apiKey, times: 3, status: 500 });
    await expectHeld(practice, message, "upstream_failed");
  });

  it("a message is held at once when its next try would be too late or in quiet hours", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const patientId = await createPatient(practiceGroupId);
    const late = await request(practice, patientId);
    await superuser`update messages set send_at = now() - interval '59 minutes 55 seconds'
      where id = ${late.id}`;
    const fault = { operation: "getPatientById", key: practice.apiKey, times: 3, status: 500 };
    await injectFault(fault);
    await releaseAll(practice);
    expect((await getMessageById(practice.ctx, { messageId: late.id })).state).toBe("held");

    const evening = await request(practice, patientId);
    await saveSettings(await practice.tenant.asOwner(), { quietFrom: "20:00", quietTo: "08:00" });
    const dueAt = parseUkTime(addDays(ukDateOf(new Date()), 1), "20:00");
    if ("reason" in dueAt) throw new Error(dueAt.reason);
    await superuser`update messages set send_at = ${dueAt.value} where id = ${evening.id}`;
    await injectFault(fault);
    await releaseAll(practice, () => new Date(dueAt.value.getTime() + 4 * 60_000 + 50_000));
    expect((await getMessageById(practice.ctx, { messageId: evening.id })).state).toBe("held");
    expect(await listReceived(patientId)).toEqual([]);
  });

  it("a message is held when the portal cannot read the link", async () => {
    const patientId = await createPatient(practiceGroupId);
    const link = await createLink(own, own.ctx);
    const message = await request(own, patientId, { linkId: link.id });
    await injectFault({ operation: "getBookingLink", key: own.apiKey, status: 404 });
    await expectHeld(own, message, "not_found");
  });

  it("a message is held when its practice's key needs to be replaced", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const patientId = await createPatient(practiceGroupId);
    const message = await request(practice, patientId);
    await superuser`update credentials set state = 'needs_new_key'
      where tenant_id = ${practice.ctx.tenantId}`;
    await expectHeld(practice, message, "key_refused");
  });

  it("a message is held when its practice was disconnected", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const patientId = await createPatient(practiceGroupId);
    const message = await request(practice, patientId);
    await superuser`update practices set disconnected_at = now()
      where tenant_id = ${practice.ctx.tenantId}`;
    await expectHeld(practice, message, "disconnected");
  });
});

describe("links that may not be sent", () => {
  it("a link of another practice, another patient or another tenant is refused", async () => {
    const patientId = await createPatient(practiceGroupId);
    const otherPatientId = await createPatient(practiceGroupId);
    const otherTenant = await connectForMessages(await createTenant(), practiceGroupId);
    const otherPractice = await connectForMessages(own.tenant, "20417");
    const personal = await createLink(own, own.ctx, otherPatientId);
    const elsewhere = await createLink(otherPractice, own.ctx);
    const foreign = await createLink(otherTenant, otherTenant.ctx);
    expect((await preview(own, patientId, { linkId: personal.id })).refusal).toBe(
      "This link belongs to another patient.",
    );
    expect((await preview(own, patientId, { linkId: elsewhere.id })).refusal).toBe(
      "This link belongs to another practice.",
    );
    await expect(preview(own, patientId, { linkId: foreign.id })).rejects.toThrow("Not found.");
  });

  it("a video link is sent to its own patient only, while it is live", async () => {
    const practice = await connectForMessages(await createTenant(), "20690");
    const [patientId, otherPatientId] = [
      await createPatient("20690"),
      await createPatient("20690"),
    ];
    const { id: linkId, url } = await createVideoLink(practice.ctx, {
      operationId: randomUUID(),
      practiceId: practice.practiceId,
      patientId,
      expiresOn: addDays(ukDateOf(new Date()), 7),
    });
    expect((await preview(practice, otherPatientId, { linkId })).refusal).toBe(
      "This link belongs to another patient.",
    );
    const sent = await release(practice, await request(practice, patientId, { linkId }));
    expect(sent).toMatchObject({ state: "sent", link: { id: linkId } });
    const [received] = await listReceived(patientId);
    expect(received?.text.split("\n").at(-1)).toBe(url);

    const message = await request(practice, patientId, { linkId });
    await superuser`update links set expires_on = current_date - 1 where id = ${linkId}`;
    await makeDue(message.id);
    await releaseAll(practice);
    expect(await getMessageById(practice.ctx, { messageId: message.id })).toMatchObject({
      state: "held",
    });
    expect(await listReceived(patientId)).toHaveLength(1);
    expect((await preview(practice, patientId, { linkId })).refusal).toBe(
      "This link no longer works. Select another one.",
    );
  });

  it("a live link is sent with its address in the text", async () => {
    const patientId = await createPatient(practiceGroupId);
    const link = await createLink(own, own.ctx, patientId);
    const sent = await release(own, await request(own, patientId, { linkId: link.id }));
    expect(sent).toMatchObject({ state: "sent", link: { id: link.id } });
    const [received] = await listReceived(patientId);
    expect(received?.text.split("\n").at(-1)).toBe(link.url);
  });
});

describe("time", () => {
  it("a message is not requested for quiet hours", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const patientId = await createPatient(practiceGroupId);
    const day = addDays(ukDateOf(new Date()), 3);
    await saveSettings(await practice.tenant.asOwner(), { quietFrom: "20:00", quietTo: "08:00" });
    const at = (time: string) => `${day}T${time}:00.000Z`;
    // In winter and summer time, these are night, day, and the last hour before the night.
    await expect(request(practice, patientId, { sendAt: at("02:00") })).rejects.toMatchObject({
      field: "sendAt",
    });
    await expect(request(practice, patientId, { sendAt: at("12:00") })).resolves.toMatchObject({
      state: "scheduled",
    });
    await expect(
      request(practice, patientId, {
        sendAt: at("19:30"),
        channel: "nhs_app",
        fallbackChannel: "sms",
      }),
    ).rejects.toMatchObject({ field: "sendAt" });
  });

  it("a message that could not be sent at its time is held, not sent hours later", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    await superuser`update messages set send_at = now() - interval '2 hours' where id = ${message.id}`;
    await releaseAll(own);
    expect(await getMessageById(own.ctx, { messageId: message.id })).toMatchObject({
      state: "held",
      failureCode: "late",
    });
  });

  it("a message is held when quiet hours have begun by the time it is released", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const patientId = await createPatient(practiceGroupId);
    const message = await request(practice, patientId);
    await saveSettings(await practice.tenant.asOwner(), { quietFrom: "20:00", quietTo: "08:00" });
    const night = new Date(`${addDays(ukDateOf(new Date()), 1)}T03:00:00.000Z`);
    await superuser`update messages set send_at = ${night} where id = ${message.id}`;
    await releaseAll(practice, () => night);
    expect(await getMessageById(practice.ctx, { messageId: message.id })).toMatchObject({
      state: "held",
      failureCode: "quiet_hours",
    });
    expect(await listReceived(patientId)).toEqual([]);
  });
});

describe("quiet hours when a message is released", () => {
  const inApp = { channel: "nhs_app", fallbackChannel: "sms" } as const;

  it.each([
    ["the minute in which they end", "08:00", {}, "sent"],
    ["the minutes after they begin, for a message that was due before", "20:03", {}, "sent"],
    ["their first hour", "20:30", {}, "held"],
    ["the hour before, with a fallback", "19:30", inApp, "held"],
    ["the hour before, without a fallback", "19:30", { channel: "nhs_app" }, "sent"],
    ["the night, for a note", "03:00", { channel: "note" }, "sent"],
  ] as const)("quiet hours decide at the release: %s", async (_, time, draft, state) => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const patientId = await createPatient(practiceGroupId);
    const message = await request(practice, patientId, draft);
    await saveSettings(await practice.tenant.asOwner(), { quietFrom: "20:00", quietTo: "08:00" });
    const dueAt = parseUkTime(addDays(ukDateOf(new Date()), 1), time);
    if ("reason" in dueAt) throw new Error(dueAt.reason);
    await superuser`update messages set send_at = ${dueAt.value} where id = ${message.id}`;
    await releaseAll(practice, () => new Date(dueAt.value.getTime() + 1000));
    expect((await getMessageById(practice.ctx, { messageId: message.id })).state).toBe(state);
  });
});

describe("a held message", () => {
  it("a held message needs attention until a person cancels it", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const patientId = await createPatient(practiceGroupId);
    const message = await request(practice, patientId);
    await changePatient(patientId, { isArchived: true });
    await expectHeld(practice, message, "refused");
    const attention = async () => (await getOverview(practice.ctx, {})).messages;
    expect(await attention()).toEqual({ held: 1, unknown: 0, late: 0 });
    const viewer = await practice.tenant.asRole("viewer");
    expect((await getOverview(viewer, {})).messages.held).toBe(0);
    await cancelMessage(practice.ctx, { messageId: message.id });
    expect(await attention()).toEqual({ held: 0, unknown: 0, late: 0 });
  });
});
