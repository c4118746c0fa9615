import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { runMessageLoop } from "@/server/jobs/message-loop";
import { ConflictError, InvalidInputError, NotFoundError } from "@/server/errors";
import { sendMessageInput } from "@/server/schemas/messages";
import { cancelMessage, undoMessage } from "@/server/services/messages/cancel";
import { showMessageText } from "@/server/services/messages/content";
import {
  findMessageByOperation,
  getMessageById,
  listMessageHistory,
  listMessages,
} from "@/server/services/messages/read";
import { requestMessage } from "@/server/services/messages/send";
import { changePatient, injectFault } from "../../support/hero";
import { createTenant } from "../../support/tenants";
import {
  ageAtHero,
  connectForMessages,
  countSends,
  createMessageTenants,
  createPatient,
  draftOf,
  listActions,
  listEventTypes,
  listReceived,
  makeDue,
  type MessagePractice,
  preview,
  readBack,
  release,
  releaseAll,
  request,
  reviewedInput,
  superuser,
} from "./support";

const practiceGroupId = "20417";
let own: MessagePractice;
let other: MessagePractice;

beforeAll(async () => {
  ({ own, other } = await createMessageTenants(practiceGroupId));
});

describe("from the review to the patient", () => {
  it("a message is sent after its delay, and delivered as Hero's record says", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId, { text: "Dear {{first_name}}, please ring us." });
    expect(message).toMatchObject({ state: "scheduled", heroMessageId: null, smsParts: 1 });
    expect(Date.parse(message.sendAt)).toBeGreaterThan(Date.now() + 5_000);
    expect(await releaseAll(own)).toBe(0);

    const sent = await release(own, message);
    expect(sent).toMatchObject({ state: "sent", patientId });
    expect(sent.heroMessageId).not.toBeNull();
    const [received, ...others] = await listReceived(patientId);
    expect(others).toEqual([]);
    expect(received).toMatchObject({ id: sent.heroMessageId, channel: "sms" });
    expect(received?.text).toMatch(/^Dear \p{L}+, please ring us\.$/u);

    await ageAtHero(sent.heroMessageId, 60);
    expect(await readBack(own, message)).toMatchObject({
      state: "delivered",
      heroStatus: "delivered",
    });
    expect(await listActions(message.id)).toEqual([
      "message.requested",
      "message.sent",
      "message.delivered",
    ]);
    expect(await listEventTypes(message.id)).toEqual(["message.sent", "message.delivered"]);
    const history = await listMessageHistory(own.ctx, { messageId: message.id });
    expect(history.at(-1)?.action).toBe("Requested a message");
  });

  it("a message in the NHS App is followed until it is opened", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId, { channel: "nhs_app", fallbackChannel: "sms" });
    expect(message.cost).toEqual({ lowestPence: 0, highestPence: 4 });
    const sent = await release(own, message);
    await ageAtHero(sent.heroMessageId, 120);
    expect(await readBack(own, message)).toMatchObject({ state: "opened" });
    expect(await listActions(message.id)).toContain("message.opened");
  });

  it("a message that is not opened in the NHS App arrives by its fallback", async () => {
    const patientId = await createPatient(practiceGroupId);
    await changePatient(patientId, { opensNhsApp: false });
    const message = await request(own, patientId, { channel: "nhs_app", fallbackChannel: "sms" });
    const sent = await release(own, message);
    await ageAtHero(sent.heroMessageId, 2 * 3600);
    const arrived = await readBack(own, message);
    expect(arrived).toMatchObject({ state: "delivered", deliveredChannel: "sms" });
  });

  it("a note is stored at Hero and reaches nobody", async () => {
    const patientId = await createPatient(practiceGroupId);
    const sent = await release(own, await request(own, patientId, { channel: "note" }));
    expect(sent).toMatchObject({ state: "sent", smsParts: null, cost: { highestPence: 0 } });
    expect(await listReceived(patientId)).toMatchObject([{ channel: "hero" }]);
    await injectFault({
      operation: "getMessage",
      key: own.apiKey,
      status: 200,
      body: JSON.stringify({
        id: sent.heroMessageId,
        patient: { id: patientId },
        status: "delivered",
      }),
    });
    expect(await readBack(own, sent)).toMatchObject({ heroStatus: "delivered" });
    expect(await listEventTypes(sent.id)).toEqual(["message.sent"]);
  });

  it("a scheduled message is kept by the portal until its time", async () => {
    const patientId = await createPatient(practiceGroupId);
    const sendAt = new Date(Date.now() + 3 * 24 * 3_600_000).toISOString();
    const message = await request(own, patientId, { sendAt });
    expect(message.sendAt).toBe(sendAt);
    expect(await releaseAll(own)).toBe(0);
    expect(await listReceived(patientId)).toEqual([]);
    await expect(cancelMessage(own.ctx, { messageId: message.id })).resolves.toMatchObject({
      state: "cancelled",
    });
  });
});

describe("Hero's other ways of answering", () => {
  it.each(["first", "second"])(
    "in the %s dialect a message is sent, read and delivered",
    async (dialect) => {
      const practice = await connectForMessages(await createTenant(), practiceGroupId, dialect);
      const patientId = await createPatient(practiceGroupId);
      const sent = await release(practice, await request(practice, patientId));
      expect(sent).toMatchObject({ state: "sent", reason: null });
      await ageAtHero(sent.heroMessageId, 120);
      expect(await readBack(practice, sent)).toMatchObject({ state: "delivered" });
    },
  );

  it("an older reply, which has the ID only, is enough", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    const body = JSON.stringify({ message_id: "987654321" });
    await injectFault({ operation: "sendMessage", key: own.apiKey, status: 200, body });
    expect(await release(own, message)).toMatchObject({
      state: "sent",
      heroMessageId: "987654321",
    });
  });
});

describe("the worker", () => {
  it("two loops send what is due once, and read it from Hero at once", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    await makeDue(message.id);
    const stop = new AbortController();
    const loops = [runMessageLoop(stop.signal), runMessageLoop(stop.signal)];
    await expect
      .poll(async () => (await getMessageById(own.ctx, { messageId: message.id })).refreshedAt, {
        timeout: 10_000,
      })
      .not.toBeNull();
    stop.abort();
    await Promise.all(loops);
    expect(await listReceived(patientId)).toHaveLength(1);
  });
});

describe("once for an operation ID", () => {
  it("twenty requests at once store one message, which is sent once", async () => {
    const patientId = await createPatient(practiceGroupId);
    const input = await reviewedInput(own, patientId);
    const before = await countSends(own);
    const views = await Promise.all(
      Array.from({ length: 20 }, () => requestMessage(own.ctx, input)),
    );
    const ids = new Set(views.map(({ id }) => id));
    expect(ids.size).toBe(1);
    const [id = ""] = ids;
    await makeDue(id);
    await Promise.all([releaseAll(own), releaseAll(own), requestMessage(own.ctx, input)]);
    const repeated = await requestMessage(own.ctx, input);
    expect(repeated).toMatchObject({ id, state: "sent" });
    expect(await countSends(own)).toBe(before + 1);
    expect(await findMessageByOperation(own.ctx, input)).toEqual({ messageId: id });
    expect(await findMessageByOperation(other.ctx, input)).toBeNull();
  });

  it("a repeat gets its message after the practice was disconnected", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const patientId = await createPatient(practiceGroupId);
    const input = await reviewedInput(practice, patientId);
    const { id } = await requestMessage(practice.ctx, input);
    await superuser`update practices set disconnected_at = now()
      where tenant_id = ${practice.ctx.tenantId}`;
    expect(await requestMessage(practice.ctx, input)).toMatchObject({ id, state: "scheduled" });
    await expect(
      requestMessage(practice.ctx, { ...input, operationId: randomUUID() }),
    ).rejects.toBeInstanceOf(NotFoundError);
  });

  it("the same operation ID for another text is refused", async () => {
    const patientId = await createPatient(practiceGroupId);
    const input = await reviewedInput(own, patientId);
    await requestMessage(own.ctx, input);
    await expect(
      requestMessage(own.ctx, { ...input, text: "Another text." }),
    ).rejects.toMatchObject({ code: "idempotency-key-reused" });
  });

  it("two workers at once send each of ten messages once", async () => {
    const patientId = await createPatient(practiceGroupId);
    const messages = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        request(own, patientId, { text: `Reminder number ${index}.` }),
      ),
    );
    const before = await countSends(own);
    for (const { id } of messages) await makeDue(id);
    await Promise.all([releaseAll(own), releaseAll(own), releaseAll(own), releaseAll(own)]);
    expect(await countSends(own)).toBe(before + 10);
    expect(new Set((await listReceived(patientId)).map(({ text }) => text)).size).toBe(10);
  });
});

describe("undo", () => {
  it("a message that is undone in its delay is never sent", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    const undone = await undoMessage(own.ctx, { messageId: message.id });
    expect(undone.state).toBe("cancelled");
    // A repeat.
    expect(await undoMessage(own.ctx, { messageId: message.id })).toMatchObject({
      state: "cancelled",
    });
    await superuser`update messages set send_at = now() where id = ${message.id}`;
    await releaseAll(own);
    expect(await listReceived(patientId)).toEqual([]);
    expect(await listActions(message.id)).toEqual(["message.requested", "message.undone"]);
  });

  it("an undo and a worker at the same time have one outcome", async () => {
    const outcomes = { undone: 0, sent: 0 };
    for (let index = 0; index < 12; index += 1) {
      const patientId = await createPatient(practiceGroupId);
      const message = await request(own, patientId);
      await makeDue(message.id);
      const wait = new Promise((resolve) => setTimeout(resolve, index * 12));
      const [undo] = await Promise.allSettled([
        wait.then(() => undoMessage(own.ctx, { messageId: message.id })),
        releaseAll(own),
      ]);
      const received = await listReceived(patientId);
      const { state } = await getMessageById(own.ctx, { messageId: message.id });
      if (undo.status === "fulfilled") {
        outcomes.undone += 1;
        expect({ state, received }).toEqual({ state: "cancelled", received: [] });
      } else {
        outcomes.sent += 1;
        expect(undo.reason).toBeInstanceOf(ConflictError);
        expect(state).toBe("sent");
        expect(received).toHaveLength(1);
      }
    }
    expect(outcomes.undone + outcomes.sent).toBe(12);
    console.info(`Undo against release: ${JSON.stringify(outcomes)}.`);
  });

  it("a message that was sent cannot be stopped", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    await release(own, message);
    await expect(undoMessage(own.ctx, { messageId: message.id })).rejects.toThrow(/too late/);
    await expect(cancelMessage(own.ctx, { messageId: message.id })).rejects.toThrow(/too late/);
  });
});

describe("what was reviewed is what is sent", () => {
  it("a message that was not reviewed, or differs from the review, is refused", async () => {
    const patientId = await createPatient(practiceGroupId);
    const input = await reviewedInput(own, patientId);
    for (const changes of [
      { previewFingerprint: "0".repeat(64) },
      { text: "Another text." },
      { channel: "email" as const },
      { recordWrite: "for_approval" as const },
    ]) {
      await expect(
        requestMessage(own.ctx, { ...input, ...changes, operationId: randomUUID() }),
      ).rejects.toBeInstanceOf(ConflictError);
    }
    await changePatient(patientId, { mobile: "07700 900777" });
    await expect(requestMessage(own.ctx, input)).rejects.toBeInstanceOf(ConflictError);
  });

  it("a warning that was not confirmed refuses the message", async () => {
    const patientId = await createPatient(practiceGroupId);
    const input = await reviewedInput(own, patientId, { contact: "07700 900123" });
    expect(input.confirmed).toEqual(["contact_differs"]);
    await expect(requestMessage(own.ctx, { ...input, confirmed: [] })).rejects.toMatchObject({
      field: "confirmed",
    });
    const sent = await release(own, await requestMessage(own.ctx, input));
    expect(sent.state).toBe("sent");
    const [received] = await listReceived(patientId);
    expect(JSON.stringify(received)).toContain("+447700900123");
  });

  it("a patient without a number in the record is reached by one that a person confirmed", async () => {
    const patientId = await createPatient(practiceGroupId);
    await changePatient(patientId, { mobile: "" });
    const { channels } = await preview(own, patientId, { channel: "note" });
    expect(channels.find(({ channel }) => channel === "sms")).toMatchObject({
      isAvailable: false,
      needsContact: true,
    });
    expect(channels.find(({ channel }) => channel === "nhs_app")?.needsContact).toBe(false);
    const input = await reviewedInput(own, patientId, { contact: "07700 900124" });
    expect(input.confirmed).toEqual(["contact_differs"]);
    await expect(requestMessage(own.ctx, { ...input, confirmed: [] })).rejects.toMatchObject({
      field: "confirmed",
    });
    expect(await release(own, await requestMessage(own.ctx, input))).toMatchObject({
      state: "sent",
    });
    expect(JSON.stringify(await listReceived(patientId))).toContain("+447700900124");
  });

  it.each([["under_16", { dateOfBirth: `${new Date().getFullYear() - 10}-01-01` }]] as const)(
    "a person decides about a patient with the warning %s",
    async (code, changes) => {
      const patientId = await createPatient(practiceGroupId);
      await changePatient(patientId, changes);
      const { warnings } = await preview(own, patientId);
      expect(warnings.map((warning) => warning.code)).toEqual([code]);
    },
  );

  it("a time that has passed, and one too far ahead, is refused at its field", async () => {
    const patientId = await createPatient(practiceGroupId);
    for (const days of [-1, 200]) {
      const sendAt = new Date(Date.now() + days * 24 * 3_600_000).toISOString();
      const input = await reviewedInput(own, patientId, { sendAt });
      await expect(requestMessage(own.ctx, input)).rejects.toMatchObject({ field: "sendAt" });
    }
  });

  it.each([
    ["a variable without a value", { text: "Dear {{title}}, please ring us." }],
    ["an address in a variable", { text: "See {{where}}", variables: { where: "evil.example" } }],
    ["a foreign number", { contact: "+33 6 12 34 56 78" }],
    ["a premium number", { contact: "09012345678" }],
    ["a text that is too long", { text: "a".repeat(919) }],
    ["a fallback of a text message", { fallbackChannel: "email" as const }],
  ])("%s is refused by the review and by sending", async (_, changes) => {
    const patientId = await createPatient(practiceGroupId);
    const { refusal, previewFingerprint } = await preview(own, patientId, changes);
    expect(refusal).toMatch(/\.$/);
    expect(previewFingerprint).toBeNull();
    const input = sendMessageInput.parse({
      operationId: randomUUID(),
      previewFingerprint: "0".repeat(64),
      ...draftOf(own, patientId, changes),
    });
    await expect(requestMessage(own.ctx, input)).rejects.toBeInstanceOf(InvalidInputError);
  });
});

describe("replies that do not arrive or are not this message's", () => {
  it("a message whose reply was lost stays unknown, and is not sent again", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    await injectFault({ operation: "sendMessage", key: own.apiKey, afterWork: true, reset: true });
    expect(await release(own, message)).toMatchObject({
      state: "unknown",
      failureCode: "connection_lost",
      heroMessageId: null,
    });
    await release(own, message);
    expect(await listReceived(patientId)).toHaveLength(1);
    await expect(undoMessage(own.ctx, { messageId: message.id })).rejects.toThrow(
      "Hero may have received this message.",
    );
    expect(await listActions(message.id)).toEqual(["message.requested", "message.unknown"]);
    expect(await listEventTypes(message.id)).toEqual(["message.unknown"]);
  });

  it("the database fails while Hero's reply is stored: another try keeps the ID", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    // A sequence counts the tries that were rolled back as well.
    await superuser.unsafe(`
      create sequence failed_stores;
      grant usage on sequence failed_stores to public;
      create function fail_once() returns trigger language plpgsql as $$
      begin
        if new.id = '${message.id}' and new.state = 'sent' and nextval('failed_stores') = 1 then
          raise exception 'The database failed.';
        end if;
        return new;
      end $$;
      create trigger fail_once before update on messages for each row execute function fail_once();
    `);
    try {
      const sent = await release(own, message);
      expect(sent).toMatchObject({ state: "sent" });
      expect(await listReceived(patientId)).toMatchObject([{ id: sent.heroMessageId }]);
      const [{ tries } = { tries: 0 }] = await superuser<{ tries: number }[]>`
        select last_value::int as tries from failed_stores`;
      expect(tries).toBe(2);
      expect(await listEventTypes(message.id)).toEqual(["message.sent"]);
    } finally {
      await superuser.unsafe(`
        drop trigger fail_once on messages;
        drop function fail_once;
        drop sequence failed_stores;
      `);
    }
  });

  it("a refusal by Hero is certain: the message failed", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    await injectFault({ operation: "sendMessage", key: own.apiKey, status: 400, body: "{}" });
    expect(await release(own, message)).toMatchObject({
      state: "failed",
      failureCode: "bad_request",
    });
    expect(await listReceived(patientId)).toEqual([]);
  });

  it("a reply with the ID of another message is not believed", async () => {
    const patientId = await createPatient(practiceGroupId);
    const first = await release(own, await request(own, patientId));
    const second = await request(own, patientId, { text: "A second message." });
    await injectFault({
      operation: "sendMessage",
      key: own.apiKey,
      status: 200,
      body: JSON.stringify({ message_id: first.heroMessageId }),
    });
    expect(await release(own, second)).toMatchObject({ state: "unknown", heroMessageId: null });
    expect(await getMessageById(own.ctx, { messageId: first.id })).toMatchObject({
      state: "sent",
      heroMessageId: first.heroMessageId,
    });
  });

  it("a record of another patient proves nothing of this message", async () => {
    const patientId = await createPatient(practiceGroupId);
    const sent = await release(own, await request(own, patientId));
    await injectFault({
      operation: "getMessage",
      key: own.apiKey,
      status: 200,
      body: JSON.stringify({
        id: sent.heroMessageId,
        patient: { id: "123456" },
        status: "delivered",
      }),
    });
    expect(await readBack(own, sent)).toMatchObject({
      state: "unknown",
      failureCode: "other_message",
      heroMessageId: null,
    });
  });

  it("a record under the ID that remains after a merge is still this message's", async () => {
    const patientId = await createPatient(practiceGroupId);
    const sent = await release(own, await request(own, patientId));
    const { tenantId, environment } = own.ctx;
    await superuser`
      insert into replaced_patients (tenant_id, environment, practice_id, patient_id, replaced_by)
      values (${tenantId}, ${environment}, ${own.practiceId}, ${patientId}, '123456')`;
    await injectFault({
      operation: "getMessage",
      key: own.apiKey,
      status: 200,
      body: JSON.stringify({
        id: sent.heroMessageId,
        patient: { id: "123456" },
        status: "delivered",
      }),
    });
    expect(await readBack(own, sent)).toMatchObject({ state: "delivered" });
  });

  it("once it was read as this message's, a record of another patient changes nothing", async () => {
    const patientId = await createPatient(practiceGroupId);
    const sent = await release(own, await request(own, patientId, { channel: "nhs_app" }));
    const { state } = await readBack(own, sent);
    await injectFault({
      operation: "getMessage",
      key: own.apiKey,
      status: 200,
      body: JSON.stringify({
        id: sent.heroMessageId,
        patient: { id: "123456" },
        status: "opened",
      }),
    });
    expect(await readBack(own, sent)).toMatchObject({
      state,
      heroMessageId: sent.heroMessageId,
    });
  });

  it("a message has not failed while its fallback may still arrive", async () => {
    const patientId = await createPatient(practiceGroupId);
    const draft = { channel: "nhs_app", fallbackChannel: "sms" } as const;
    const sent = await release(own, await request(own, patientId, draft));
    const readAs = async (message_type: string) => {
      const body = JSON.stringify({
        id: sent.heroMessageId,
        patient: { id: patientId },
        message_type,
        status: "failed",
      });
      await injectFault({ operation: "getMessage", key: own.apiKey, status: 200, body });
      return readBack(own, sent);
    };
    expect(await readAs("nhs_app")).toMatchObject({ state: "sent", heroStatus: "failed" });
    expect(await readAs("sms")).toMatchObject({ state: "failed", failureCode: "not_delivered" });
  });

  it("a message that Hero could not deliver has failed, with the reason", async () => {
    const patientId = await createPatient(practiceGroupId);
    await changePatient(patientId, { mobile: "07700 900990" });
    const sent = await release(own, await request(own, patientId));
    await ageAtHero(sent.heroMessageId, 3600);
    const failed = await readBack(own, sent);
    expect(failed).toMatchObject({ state: "failed", failureCode: "not_delivered" });
    expect(failed.reason).toMatch(/^It could not be delivered/);
    await expect(cancelMessage(own.ctx, { messageId: sent.id })).rejects.toThrow(/has failed/);
    expect(await listEventTypes(sent.id)).toEqual(["message.sent", "message.failed"]);
  });
});

describe("two look-alike tenants", () => {
  it("neither sees, shows, undoes or cancels the other's messages", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    const input = { messageId: message.id };
    for (const use of [
      getMessageById,
      listMessageHistory,
      showMessageText,
      undoMessage,
      cancelMessage,
    ]) {
      await expect(use(other.ctx, input)).rejects.toBeInstanceOf(NotFoundError);
    }
    expect((await listMessages(other.ctx, { limit: 100 })).items.map(({ id }) => id)).not.toContain(
      message.id,
    );
    await makeDue(message.id);
    expect(await releaseAll(other)).toBe(0);
    expect((await listMessages(own.ctx, { patientId })).items).toHaveLength(1);
  });
});
