import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listMessageWork } from "@/server/services/messages/list-due";
import { createTenant } from "../../support/tenants";
import {
  connectForMessages,
  createPatient,
  type MessagePractice,
  release,
  request,
  superuser,
} from "./support";

const practiceGroupId = "20417";
let own: MessagePractice;

beforeAll(async () => {
  own = await connectForMessages(await createTenant(), practiceGroupId);
});
afterAll(() => superuser`delete from messages where tenant_id = ${own.ctx.tenantId}`);

/** The work at the tenant's practice, and without one where it has texts to erase. */
async function listOwnWork() {
  const work = await listMessageWork();
  return work
    .filter(({ tenantId }) => tenantId === own.ctx.tenantId)
    .map(({ practiceId }) => practiceId);
}

it("a practice has work when a message is due, was lost, is to be read, or its text is to be erased", async () => {
  const patientId = await createPatient(practiceGroupId);
  const { id } = await request(own, patientId);
  expect(await listOwnWork()).toEqual([]);
  const set = async (changes: string) => {
    await superuser.unsafe(`update messages set ${changes} where id = '${id}'`);
    return listOwnWork();
  };
  expect(await set("send_at = now() - interval '1 second'")).toEqual([own.practiceId]);
  expect(await set("leased_until = now() + interval '1 minute'")).toEqual([]);
  expect(await set("state = 'sending', claimed_at = now()")).toEqual([]);
  expect(await set("claimed_at = now() - interval '1 hour'")).toEqual([own.practiceId]);
  expect(await set("state = 'unknown', next_read_at = now()")).toEqual([own.practiceId]);
  expect(await set("next_read_at = null, erase_at = now()")).toEqual([null]);
  expect(await set("sealed_content = null, content_erased_at = now()")).toEqual([]);
});

it("the search for work reads no more when 5,000 messages are followed", {
  timeout: 60_000,
}, async () => {
  const patientId = await createPatient(practiceGroupId);
  const { id } = await release(own, await request(own, patientId));
  await superuser`update messages set next_read_at = now() where id = ${id}`;
  const countPages = async () => {
    const [plan] = await superuser.unsafe<{ "QUERY PLAN": { Plan: Record<string, number> }[] }[]>(
      `explain (analyze, buffers, format json)
        select * from list_message_work(now() + interval '1 second', now() - interval '3 minutes')`,
    );
    const root = plan?.["QUERY PLAN"][0]?.Plan ?? {};
    return (root["Shared Hit Blocks"] ?? 0) + (root["Shared Read Blocks"] ?? 0);
  };
  await countPages();
  const before = await countPages();
  const columns = await superuser<{ name: string }[]>`
    select column_name as name from information_schema.columns
    where table_name = 'messages' and column_name not in ('id', 'operation_id', 'hero_message_id')`;
  const names = columns.map(({ name }) => name).join(", ");
  await superuser.unsafe(`
    insert into messages (id, operation_id, hero_message_id, ${names})
    select gen_random_uuid(), gen_random_uuid(), '${randomUUID()}-' || n, ${names}
    from messages, generate_series(1, 5000) n where id = '${id}'`);
  const after = await countPages();
  console.info(`Pages read to find work: ${before}, with 5,000 more messages ${after}.`);
  expect(after - before).toBeLessThan(200);
});
