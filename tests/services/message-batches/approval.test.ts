import { beforeAll, describe, expect, it } from "vitest";
import { sendMessageBatchInput } from "@/server/schemas/message-batches";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { createApiKey } from "@/server/services/api-keys/create";
import {
  approveMessageBatch,
  refuseMessageBatch,
  reopenExpiredBatches,
  withdrawMessageBatch,
} from "@/server/services/message-batches/approve";
import { cancelBatch } from "@/server/services/message-batches/control";
import { checkMessageBatch } from "@/server/services/message-batches/request-check";
import { requireReviewed } from "@/server/services/message-batches/reviewed";
import { reviewMessageBatch } from "@/server/services/message-batches/review";
import { sendMessageBatch } from "@/server/services/message-batches/send";
import { requestMessage } from "@/server/services/messages/send";
import type { TenantContext } from "@/server/tenancy/context";
import { NotFoundError } from "@/server/errors";
import { createTenant } from "../../support/tenants";
import {
  connectForMessages,
  createMessageTenants,
  jobContext,
  listActions,
  type MessagePractice,
  reviewedInput,
  saveSettings,
  superuser,
} from "../messages/support";
import {
  countReceived,
  createPatients,
  createReadyBatch,
  setSummary,
  view,
  work,
} from "./sending-support";

const practiceGroupId = "20690";
let own: MessagePractice;
let other: MessagePractice;
let patientIds: string[];
let second: TenantContext;

beforeAll(async () => {
  ({ own, other } = await createMessageTenants(practiceGroupId));
  patientIds = await createPatients(practiceGroupId, 3);
  second = await own.tenant.asRole("operator");
});

/** A batch that was checked, above the threshold for a second person. */
async function prepare(practice = own, settings = {}) {
  await saveSettings(await practice.tenant.asOwner(), { approvalThreshold: 2, ...settings });
  const batchId = await createReadyBatch(practice, patientIds);
  await setSummary(batchId, patientIds.length);
  return batchId;
}

/** Sends a batch, with what its review shows. */
async function send(ctx: TenantContext, batchId: string, changes = {}) {
  const { snapshot, warnings } = await reviewMessageBatch(ctx, { batchId });
  const confirmed = warnings.map(({ code }) => code);
  return sendMessageBatch(
    ctx,
    sendMessageBatchInput.parse({ batchId, snapshot, confirmed, ...changes }),
  );
}

const approve = async (ctx: TenantContext, batchId: string) =>
  approveMessageBatch(ctx, {
    batchId,
    snapshot: (await reviewMessageBatch(ctx, { batchId })).snapshot,
  });

/** The API key of a person, as a partner's server uses it. */
async function asKeyOf(ctx: TenantContext, creator: TenantContext): Promise<TenantContext> {
  const owner = await own.tenant.asOwner();
  const permissions = ["messages.read", "messages.send"] as const;
  const {
    view: { id },
  } = await createApiKey(owner, {
    name: `Key ${crypto.randomUUID()}`,
    permissions: [...permissions],
  });
  if (creator.actor.kind !== "person") throw new Error("Not a person.");
  await superuser`update api_keys set created_by = ${creator.actor.userId} where id = ${id}`;
  return { ...ctx, actor: { kind: "server", apiKeyId: id, name: "Key", permissions } };
}

describe("a second person", () => {
  it("a batch above the threshold is sent once another person has approved it", async () => {
    const batchId = await prepare();
    const requested = await send(own.ctx, batchId);
    expect(requested).toMatchObject({
      state: "awaiting_approval",
      approval: { decision: null, canDecide: false, isExpired: false },
    });
    expect(await send(own.ctx, batchId), "a repeat").toMatchObject({ state: "awaiting_approval" });
    await work(own);
    expect((await view({ ...own, ctx: second }, batchId)).approval?.canDecide).toBe(true);
    expect(await approve(second, batchId)).toMatchObject({
      state: "scheduled",
      approval: { decision: "approved" },
    });
    await superuser`update message_batches set send_at = now() where id = ${batchId}`;
    await work(own);
    expect(await view(own, batchId)).toMatchObject({ state: "finished", counts: { sent: 3 } });
    const authors =
      await superuser`select distinct created_by from messages where batch_id = ${batchId}`;
    expect(authors).toEqual([
      { created_by: own.ctx.actor.kind === "person" ? own.ctx.actor.userId : "" },
    ]);
    expect(await listActions(batchId)).toEqual([
      "message_batch.approval_requested",
      "message_batch.approved",
      "message_batch.started",
      "message_batch.finished",
    ]);
    await expect(approve(second, batchId)).rejects.toThrow(
      "This batch does not wait for approval.",
    );
  });

  it("at the threshold no one else is needed", async () => {
    const batchId = await prepare(own, { approvalThreshold: 3 });
    expect(await send(own.ctx, batchId)).toMatchObject({ state: "scheduled", canUndo: true });
    expect(await cancelBatch(own.ctx, { batchId })).toMatchObject({ state: "cancelled" });
  });

  it("the requester, their API key, the author and the author's API key never count", async () => {
    const batchId = await prepare();
    // Written by one person, requested by another.
    await send(second, batchId);
    for (const caller of [
      second,
      await asKeyOf(second, second),
      own.ctx,
      await asKeyOf(own.ctx, own.ctx),
    ]) {
      await expect(approve(caller, batchId)).rejects.toThrow(/another person must decide/);
    }
    const third = await own.tenant.asRole("operator");
    expect(await approve(third, batchId)).toMatchObject({ state: "scheduled" });
    await cancelBatch(own.ctx, { batchId });
  });

  it("a batch that an API key requested is not approved by the person who created the key", async () => {
    const batchId = await prepare();
    await send(await asKeyOf(own.ctx, own.ctx), batchId);
    await expect(approve(own.ctx, batchId)).rejects.toThrow(/another person must decide/);
    expect(await approve(second, batchId)).toMatchObject({ state: "scheduled" });
    await cancelBatch(own.ctx, { batchId });
  });

  it("a viewer and another organisation cannot decide", async () => {
    const batchId = await prepare();
    await send(own.ctx, batchId);
    const viewer = await own.tenant.asRole("viewer");
    const input = { batchId, snapshot: "0".repeat(64) };
    await expect(approveMessageBatch(viewer, input)).rejects.toThrow();
    await expect(approveMessageBatch(other.ctx, input)).rejects.toBeInstanceOf(NotFoundError);
    await expect(refuseMessageBatch(other.ctx, { batchId, reason: "No." })).rejects.toBeInstanceOf(
      NotFoundError,
    );
    expect((await view(own, batchId)).state).toBe("awaiting_approval");
    await cancelBatch(own.ctx, { batchId });
    await expect(approve(second, batchId)).rejects.toThrow(
      "This batch does not wait for approval.",
    );
  });

  it("a refusal has a reason, and the batch can be requested again", async () => {
    const batchId = await prepare();
    await send(own.ctx, batchId);
    await expect(refuseMessageBatch(own.ctx, { batchId, reason: "No." })).rejects.toThrow();
    expect(await refuseMessageBatch(second, { batchId, reason: "The wrong list." })).toMatchObject({
      state: "ready",
      approval: { decision: "refused", reason: "The wrong list." },
    });
    await expect(approve(second, batchId)).rejects.toThrow(
      "This batch does not wait for approval.",
    );
    expect(await send(own.ctx, batchId)).toMatchObject({ state: "awaiting_approval" });
    await expect(withdrawMessageBatch(second, { batchId })).rejects.toThrow(/requested this/);
    expect(await withdrawMessageBatch(own.ctx, { batchId })).toMatchObject({ state: "ready" });
    await work(own);
    expect(await view(own, batchId)).toMatchObject({ counts: { sent: 0 } });
  });

  it("an expired request approves nothing, and its batch is ready again", async () => {
    const batchId = await prepare();
    await send(own.ctx, batchId);
    await superuser`update approvals set expires_at = now() - interval '1 second'
      where id = (select approval_id from message_batches where id = ${batchId})`;
    await expect(approve(second, batchId)).rejects.toThrow(/has expired/);
    await reopenExpiredBatches(jobContext(own));
    expect(await view(own, batchId)).toMatchObject({
      state: "ready",
      approval: { isExpired: true },
    });
    expect(await send(own.ctx, batchId)).toMatchObject({ state: "awaiting_approval" });
    await cancelBatch(own.ctx, { batchId });
  });

  it("nobody else with the permission: the request is refused", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const batchId = await prepare(practice);
    const { tenantId, actor } = practice.ctx;
    if (actor.kind !== "person") throw new Error("Not a person.");
    await superuser`update memberships set role = 'viewer'
      where tenant_id = ${tenantId} and user_id <> ${actor.userId}`;
    await expect(send(practice.ctx, batchId)).rejects.toThrow(/second person/);
    expect((await view(practice, batchId)).state).toBe("ready");
  });
});

describe("what was approved is what is sent", () => {
  it.each([
    [
      "the practice's name",
      () => superuser`update practices set name = name || ' (new)'
      where id = ${own.practiceId}`,
      () => superuser`update practices set name = replace(name, ' (new)', '')
      where id = ${own.practiceId}`,
    ],
    [
      "what the practice allows",
      () => superuser`update practices set capabilities = capabilities || array['sms_messaging', 'x_messaging']
      where id = ${own.practiceId}`,
      () => superuser`update practices set capabilities = array_remove(capabilities, 'x_messaging')
      where id = ${own.practiceId}`,
    ],
    [
      "whether Hero accepts the key",
      () => superuser`update credentials set state = 'needs_new_key'
      where tenant_id = ${own.ctx.tenantId}`,
      () => superuser`update credentials set state = 'working'
      where tenant_id = ${own.ctx.tenantId}`,
    ],
  ])("an approval is void after a change of %s", async (_, change, undo) => {
    const batchId = await prepare();
    await send(own.ctx, batchId);
    await change();
    await expect(approve(second, batchId)).rejects.toThrow(/The request is void/);
    expect(await view(own, batchId)).toMatchObject({ state: "ready", approval: null });
    expect(await listActions(batchId)).toContain("message_batch.voided");
    await expect(send(own.ctx, batchId)).rejects.toThrow(/Check the batch again/);
    await undo();
  });

  it("a check again voids the approval, and an older review sends nothing", async () => {
    const batchId = await prepare();
    await send(own.ctx, batchId);
    await checkMessageBatch(own.ctx, { batchId });
    await expect(
      approveMessageBatch(second, { batchId, snapshot: "0".repeat(64) }),
    ).rejects.toThrow("This batch does not wait for approval.");
    await cancelBatch(own.ctx, { batchId });
    const changed = await prepare();
    await expect(send(own.ctx, changed, { snapshot: "1".repeat(64) })).rejects.toThrow(
      /checked again since you reviewed it/,
    );
    await send(own.ctx, changed);
    await expect(
      approveMessageBatch(second, { batchId: changed, snapshot: "1".repeat(64) }),
    ).rejects.toThrow(/checked again since you reviewed it/);
    expect((await view(own, changed)).state).toBe("awaiting_approval");
    await cancelBatch(own.ctx, { batchId: changed });
  });
});

describe("limits of a day", () => {
  const noonIn = (days: number) => `${addDays(ukDateOf(new Date()), days)}T12:00:00.000Z`;
  const sendAt = noonIn(2);

  it("two batches that race for one limit: one starts, the other sends nothing", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const limits = { approvalThreshold: 20, practiceDailyLimit: 5 };
    const [first, rival] = [await prepare(practice, limits), await prepare(practice, limits)];
    const results = await Promise.allSettled([
      send(practice.ctx, first, { sendAt }),
      send(practice.ctx, rival, { sendAt }),
    ]);
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused).toHaveLength(1);
    expect(String(refused[0]?.reason)).toMatch(
      /do not fit into the limits of .* on which 2 more can be sent/,
    );
    const states = [await view(practice, first), await view(practice, rival)].map(
      ({ state }) => state,
    );
    expect(states.toSorted()).toEqual(["ready", "scheduled"]);
    // What is undone makes room for the other.
    const [started, waiting] = states[0] === "ready" ? [rival, first] : [first, rival];
    await cancelBatch(practice.ctx, { batchId: started });
    expect(await send(practice.ctx, waiting, { sendAt })).toMatchObject({ state: "scheduled" });
  });

  it("single messages count, and are refused at the limit of the organisation", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const [patientId = ""] = patientIds;
    await saveSettings(await practice.tenant.asOwner(), { dailyLimit: 1 });
    const [first, next] = [
      await reviewedInput(practice, patientId, { sendAt }),
      await reviewedInput(practice, patientId, { sendAt }),
    ];
    await requestMessage(practice.ctx, first);
    await expect(requestMessage(practice.ctx, next)).rejects.toThrow(/^The limit of messages on/);
    expect(await requestMessage(practice.ctx, first), "a repeat").toMatchObject({
      state: "scheduled",
    });
    const batchId = await prepare(practice, { dailyLimit: 3, approvalThreshold: 20 });
    await expect(send(practice.ctx, batchId, { sendAt })).rejects.toThrow(
      /on which 2 more can be sent/,
    );
    expect(await send(practice.ctx, batchId, { sendAt: noonIn(3) })).toMatchObject({
      state: "scheduled",
    });
  });
});

describe("the time at which a batch leaves", () => {
  it("quiet hours and times that have passed are refused; an approval at night waits for the morning", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const quiet = { quietFrom: "20:00", quietTo: "08:00", approvalThreshold: 2 };
    const batchId = await prepare(practice, quiet);
    const day = addDays(ukDateOf(new Date()), 3);
    const at = (time: string) => `${day}T${time}:00.000Z`;
    for (const sendAt of [at("02:00"), "2020-01-01T12:00:00.000Z", "2099-01-01T12:00:00.000Z"]) {
      await expect(send(practice.ctx, batchId, { sendAt })).rejects.toMatchObject({
        field: "sendAt",
      });
    }
    await send(practice.ctx, batchId, { sendAt: at("12:00") });
    // By the time it is approved, quiet hours are at noon.
    await saveSettings(await practice.tenant.asOwner(), { quietFrom: "11:00", quietTo: "15:30" });
    const approved = await approve(await practice.tenant.asRole("operator"), batchId);
    expect(approved.sendAt?.slice(11, 16)).toMatch(/^1[45]:30$/);
    expect(await countReceived(practice, patientIds)).toMatchObject({ sends: 0 });
  });
});

describe("production", () => {
  it("the practice's name is typed as the review shows it", () => {
    const production = { ...own.ctx, environment: "production" } as const;
    const snapshot = "0".repeat(64);
    const review = (ctx: TenantContext, practiceName?: string) => () =>
      requireReviewed(ctx, { snapshot }, "Anytown Surgery", { snapshot, practiceName });
    for (const name of [undefined, "", "anytown surgery", "Anytown"]) {
      expect(review(production, name), name).toThrow("Type the practice's name: Anytown Surgery.");
    }
    expect(review(production, " Anytown Surgery ")).not.toThrow();
    expect(review(own.ctx)).not.toThrow();
  });
});
