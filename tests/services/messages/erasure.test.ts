import { beforeAll, describe, expect, it, vi } from "vitest";
import { runMessageLoop } from "@/server/jobs/message-loop";
import { showMessageText } from "@/server/services/messages/content";
import { eraseTexts } from "@/server/services/messages/erase";
import { getMessageById } from "@/server/services/messages/read";
import { undoMessage } from "@/server/services/messages/cancel";
import { changePatient, injectFault } from "../../support/hero";
import {
  ageAtHero,
  createMessageTenants,
  createPatient,
  jobContext,
  listActions,
  type MessagePractice,
  readBack,
  release,
  request,
  saveSettings,
  superuser,
} from "./support";

const practiceGroupId = "20690";
const canary = "Kanarienvogel-7f3a";
const canaryNumber = "07700 900431";
let own: MessagePractice;

beforeAll(async () => {
  ({ own } = await createMessageTenants(practiceGroupId));
});

/** Every row of every table as text. */
async function dumpDatabase(): Promise<string> {
  const tables = await superuser<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition
      and c.relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace)`;
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await superuser.unsafe<{ text: string | null }[]>(
        `select string_agg(t::text, ' ') as text from ${name} t`,
      );
      return row?.text ?? "";
    }),
  );
  return texts.join("\n");
}

const readSealed = async (messageId: string) => {
  const [row] = await superuser<{ sealed: Buffer | null; erased: Date | null }[]>`
    select sealed_content as sealed, content_erased_at as erased from messages where id = ${messageId}`;
  return row;
};

describe("c30: the text and the contact of a message", () => {
  it("text and contact are in no table, log, event or audit row, in any state of the message", async () => {
    const lines: string[] = [];
    const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    const patientId = await createPatient(practiceGroupId);
    await changePatient(patientId, { mobile: canaryNumber });
    const text = `${canary} for {{who}}`;
    const draft = { text, variables: { who: canary } };
    const sent = await release(own, await request(own, patientId, draft));
    await ageAtHero(sent.heroMessageId, 120);
    await readBack(own, sent);
    const undone = await request(own, patientId, draft);
    await undoMessage(own.ctx, { messageId: undone.id });
    const lost = await request(own, patientId, draft);
    await injectFault({ operation: "sendMessage", key: own.apiKey, afterWork: true, reset: true });
    await release(own, lost);
    const held = await request(own, patientId, draft);
    await changePatient(patientId, { isArchived: true });
    await release(own, held);
    await request(own, await createPatient(practiceGroupId), draft);
    expect(await showMessageText(own.ctx, { messageId: sent.id })).toEqual({
      text: `${canary} for ${canary}`,
    });
    spy.mockRestore();
    expect(await listActions(sent.id)).toContain("message.text_shown");

    const stored = await dumpDatabase();
    expect(stored).toContain(sent.id);
    for (const secret of [canary, canaryNumber, "+447700900431", "7700900431"]) {
      expect(stored, secret).not.toContain(secret);
      expect(lines.join("\n"), secret).not.toContain(secret);
    }
    // As bytes too: PostgreSQL shows those of a column as hexadecimal.
    expect(stored).not.toContain(Buffer.from(canary).toString("hex"));
  });

  it("text and contact are erased some days after the end, and the row keeps its mark", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    const sent = await release(own, message);
    await eraseTexts(jobContext(own), new Date(Date.now() + 365 * 24 * 3_600_000));
    expect((await readSealed(message.id))?.sealed, "Hero has not delivered it").not.toBeNull();
    await ageAtHero(sent.heroMessageId, 120);
    expect(await readBack(own, message)).toMatchObject({ state: "delivered", hasText: true });
    await eraseTexts(jobContext(own), new Date(Date.now() + 6 * 24 * 3_600_000));
    expect((await readSealed(message.id))?.sealed).not.toBeNull();
    await superuser`update messages set record_write_failure = ${canary} where id = ${message.id}`;
    await eraseTexts(jobContext(own), new Date(Date.now() + 8 * 24 * 3_600_000));
    expect(await readSealed(message.id)).toMatchObject({ sealed: null, erased: expect.any(Date) });
    const view = await getMessageById(own.ctx, { messageId: message.id });
    expect(view).toMatchObject({ hasText: false, heroMessageId: sent.heroMessageId });
    expect(view.recordWriteFailure).toBe("Hero's reason was deleted with the text.");
    expect(await showMessageText(own.ctx, { messageId: message.id })).toEqual({ text: null });
  });

  it("a shorter time counts for messages that have ended, and the worker erases them", async () => {
    const patientId = await createPatient(practiceGroupId);
    const message = await request(own, patientId);
    await undoMessage(own.ctx, { messageId: message.id });
    const waiting = await request(own, patientId);
    await saveSettings(await own.tenant.asOwner(), { textDays: 0 });
    const stop = new AbortController();
    const loop = runMessageLoop(stop.signal);
    await expect.poll(async () => (await readSealed(message.id))?.sealed).toBeNull();
    stop.abort();
    await loop;
    expect((await readSealed(waiting.id))?.sealed).not.toBeNull();
  });
});
