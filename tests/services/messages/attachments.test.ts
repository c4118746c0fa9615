import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidInputError, NotFoundError } from "@/server/errors";
import {
  attachRecordFileInput,
  uploadMessageFileInput,
} from "@/server/schemas/message-attachments";
import {
  attachRecordFile,
  eraseUnusedAttachments,
  uploadMessageFile,
} from "@/server/services/messages/attachments";
import { eraseTexts } from "@/server/services/messages/erase";
import { listPatientFiles } from "@/server/services/patients/files";
import { requestMessage } from "@/server/services/messages/send";
import { createPatientCase, injectFault, listHeroCalls } from "../../support/hero";
import {
  createMessageTenants,
  createPatient,
  jobContext,
  listReceived,
  type MessagePractice,
  preview,
  release,
  request,
  reviewedInput,
  superuser,
} from "./support";

const practiceGroupId = "20533";
let own: MessagePractice;
let other: MessagePractice;

beforeAll(async () => {
  ({ own, other } = await createMessageTenants(practiceGroupId));
});

const contents = {
  pdf: Buffer.from("%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"),
  png: Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.from("....IEND....")]),
  jpg: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9]),
};

const fileFor = (
  { practiceId }: MessagePractice,
  patientId: string,
  { name = "Clinic letter.pdf", content = contents.pdf as Buffer, operationId = randomUUID() } = {},
) =>
  uploadMessageFileInput.parse({
    operationId,
    practiceId,
    patientId,
    name,
    data: content.toString("base64"),
  });

const upload = (practice: MessagePractice, patientId: string, changes = {}) =>
  uploadMessageFile(practice.ctx, fileFor(practice, patientId, changes));

const countUploads = async ({ apiKey }: MessagePractice) =>
  (await listHeroCalls(apiKey, "createAttachmentLink")).length;

const attachmentRow = async (id: string) => {
  const [row] = await superuser<
    { state: string; hero_uuid: string | null; sealed_name: Buffer | null; erased: boolean }[]
  >`select state, hero_uuid, sealed_name, erased_at is not null as erased
    from message_attachments where id = ${id}`;
  return row;
};

describe("a file of a message", () => {
  it.each([
    ["Letter.pdf", contents.pdf],
    ["Photo.PNG", contents.png],
    ["Photo.jpeg", contents.jpg],
  ])("%s goes with the message to this patient, and is in the review", async (name, content) => {
    const patientId = await createPatient(practiceGroupId);
    const attachment = await upload(own, patientId, { name, content });
    expect(attachment).toMatchObject({ state: "ready", name, bytes: content.length, reason: null });
    const draft = { attachmentId: attachment.id };
    const review = await preview(own, patientId, draft);
    expect(review.attachment).toEqual({ name, bytes: content.length });
    const message = await request(own, patientId, draft);
    expect(message.hasAttachment).toBe(true);
    expect(await release(own, message)).toMatchObject({ state: "sent" });
    const { hero_uuid } = (await attachmentRow(attachment.id)) ?? {};
    expect(hero_uuid).not.toBeNull();
    expect(await listReceived(patientId)).toMatchObject([{ attachmentUuid: hero_uuid }]);
  });

  it("a file of the patient's record goes with a message, and one of another patient does not", async () => {
    const { patients } = await createPatientCase(practiceGroupId, "attachments");
    const patientId = patients[0]?.patientId ?? "";
    const patient = { practiceId: own.practiceId, patientId };
    const { files } = await listPatientFiles(own.ctx, patient);
    const file = files[0];
    const input = attachRecordFileInput.parse({
      ...patient,
      operationId: randomUUID(),
      fileId: file?.id,
    });
    const attachment = await attachRecordFile(own.ctx, input);
    expect(attachment).toMatchObject({ state: "ready", bytes: null });
    const message = await request(own, patientId, { attachmentId: attachment.id });
    expect(await release(own, message)).toMatchObject({ state: "sent", hasAttachment: true });
    await expect(
      attachRecordFile(own.ctx, {
        ...input,
        operationId: randomUUID(),
        patientId: await createPatient(practiceGroupId),
      }),
    ).rejects.toMatchObject({ field: "fileId" });
  });

  it("two uploads of one operation are one, and another file is refused", async () => {
    const patientId = await createPatient(practiceGroupId);
    const input = fileFor(own, patientId);
    const before = await countUploads(own);
    const [first, second] = await Promise.all([
      uploadMessageFile(own.ctx, input),
      uploadMessageFile(own.ctx, input),
    ]);
    expect(first.id).toBe(second.id);
    expect(await uploadMessageFile(own.ctx, input)).toMatchObject({ id: first.id, state: "ready" });
    expect(await countUploads(own)).toBe(before + 1);
    await expect(
      uploadMessageFile(own.ctx, { ...input, name: "Another.pdf" }),
    ).rejects.toMatchObject({ code: "idempotency-key-reused" });
  });

  it.each([
    ["a program with the name of a PDF", "Letter.pdf", Buffer.from("MZ\x90\x00 a program")],
    ["a web page with the name of an image", "Photo.png", Buffer.from("<script>alert(1)</script>")],
    ["an image with the name of a PDF", "Letter.pdf", contents.png],
    ["a PDF that was cut off", "Letter.pdf", contents.pdf.subarray(0, 12)],
  ])("%s is refused by its content, and Hero gets nothing", async (_, name, content) => {
    const patientId = await createPatient(practiceGroupId);
    const before = await countUploads(own);
    await expect(upload(own, patientId, { name, content })).rejects.toMatchObject({
      field: "data",
    });
    expect(await countUploads(own)).toBe(before);
  });

  it("a file of another patient, practice or organisation does not go with a message", async () => {
    const patientId = await createPatient(practiceGroupId);
    const attachment = await upload(own, await createPatient(practiceGroupId));
    const draft = { attachmentId: attachment.id };
    const { refusal, previewFingerprint } = await preview(own, patientId, draft);
    expect(refusal).toBe("This file was selected for another patient.");
    expect(previewFingerprint).toBeNull();
    const input = await reviewedInput(own, patientId);
    await expect(requestMessage(own.ctx, { ...input, ...draft })).rejects.toBeInstanceOf(
      InvalidInputError,
    );
    await expect(preview(other, patientId, draft)).rejects.toBeInstanceOf(NotFoundError);
    await expect(uploadMessageFile(other.ctx, fileFor(own, patientId))).rejects.toBeInstanceOf(
      NotFoundError,
    );
  });

  it("a review without the file does not send it, and one with it sends no other", async () => {
    const patientId = await createPatient(practiceGroupId);
    const [first, second] = [await upload(own, patientId), await upload(own, patientId)];
    const input = await reviewedInput(own, patientId, { attachmentId: first.id });
    for (const attachmentId of [undefined, second.id]) {
      await expect(requestMessage(own.ctx, { ...input, attachmentId })).rejects.toMatchObject({
        code: "conflict",
      });
    }
  });
});

describe("uploads that fail", () => {
  it.each([
    ["is refused by Hero", { status: 400, body: "{}" }, "failed"],
    ["has no reply", { afterWork: true, reset: true }, "unknown"],
    ["has a reply that cannot be read", { truncate: true }, "unknown"],
  ] as const)(
    "an upload that %s cannot go with a message, and says so",
    async (_, fault, state) => {
      const patientId = await createPatient(practiceGroupId);
      const input = fileFor(own, patientId);
      await injectFault({ operation: "createAttachmentLink", key: own.apiKey, ...fault });
      const attachment = await uploadMessageFile(own.ctx, input);
      expect(attachment.state).toBe(state);
      expect(attachment.reason).toContain("Nothing was sent.");
      // A repeat asks Hero nothing.
      const before = await countUploads(own);
      expect(await uploadMessageFile(own.ctx, input)).toEqual(attachment);
      expect(await countUploads(own)).toBe(before);
      expect((await preview(own, patientId, { attachmentId: attachment.id })).refusal).toBe(
        "Hero does not have this file, or it was deleted. Select it again.",
      );
      expect(await listReceived(patientId)).toEqual([]);
    },
  );

  it("a reply with the ID of another file is not believed", async () => {
    const patientId = await createPatient(practiceGroupId);
    const first = await upload(own, patientId);
    const { hero_uuid } = (await attachmentRow(first.id)) ?? {};
    await injectFault({
      operation: "createAttachmentLink",
      key: own.apiKey,
      status: 200,
      body: JSON.stringify({
        attachment_link: "https://hero.example/a/1",
        attachment_uuid: hero_uuid,
      }),
    });
    expect(await upload(own, patientId)).toMatchObject({ state: "unknown" });
  });

  it("a process that died during an upload leaves it unknown", async () => {
    const patientId = await createPatient(practiceGroupId);
    const input = fileFor(own, patientId);
    const { id } = await uploadMessageFile(own.ctx, input);
    await superuser`update message_attachments
      set state = 'pending', hero_uuid = null, created_at = now() - interval '10 minutes'
      where id = ${id}`;
    expect(await uploadMessageFile(own.ctx, input)).toMatchObject({ state: "unknown" });
  });

  it("a message is held when its file was deleted before the release", async () => {
    const patientId = await createPatient(practiceGroupId);
    const attachment = await upload(own, patientId);
    const message = await request(own, patientId, { attachmentId: attachment.id });
    await superuser`update message_attachments
      set sealed_name = null, hero_uuid = null, erased_at = now() where id = ${attachment.id}`;
    expect(await release(own, message)).toMatchObject({ state: "held", failureCode: "refused" });
    expect(await listReceived(patientId)).toEqual([]);
  });
});

describe("what is kept of a file", () => {
  it("its name is sealed, and erased with the text of its message", async () => {
    const patientId = await createPatient(practiceGroupId);
    const name = `Canary ${randomUUID()}.pdf`;
    const attachment = await upload(own, patientId, { name });
    const [first, second] = [
      await request(own, patientId, { attachmentId: attachment.id }),
      await request(own, patientId, { attachmentId: attachment.id }),
    ];
    const [row] = await superuser<{ text: string }[]>`
      select row_to_json(message_attachments)::text as text from message_attachments
      where id = ${attachment.id}`;
    expect(row?.text).not.toContain("Canary");
    const erase = async (id: string) => {
      await superuser`update messages set erase_at = now() - interval '1 second' where id = ${id}`;
      await eraseTexts(jobContext(own));
      return (await attachmentRow(attachment.id))?.erased;
    };
    // The other message still needs it.
    expect(await erase(first.id)).toBe(false);
    expect(await erase(second.id)).toBe(true);
    expect(await attachmentRow(attachment.id)).toMatchObject({
      state: "ready",
      hero_uuid: null,
      sealed_name: null,
    });
  });

  it("a file that no message uses is erased after a day, and one that waits is not", async () => {
    const patientId = await createPatient(practiceGroupId);
    const [unused, used] = [await upload(own, patientId), await upload(own, patientId)];
    await request(own, patientId, { attachmentId: used.id });
    const tomorrow = new Date(Date.now() + 25 * 3_600_000);
    await eraseUnusedAttachments(own.ctx);
    expect((await attachmentRow(unused.id))?.erased).toBe(false);
    await eraseUnusedAttachments(own.ctx, tomorrow);
    expect((await attachmentRow(unused.id))?.erased).toBe(true);
    expect((await attachmentRow(used.id))?.erased).toBe(false);
  });
});
