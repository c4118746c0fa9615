import { createDecipheriv, createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import postgres from "postgres";
import { Agent, request as send } from "undici";
import { v7 as uuidv7 } from "uuid";

/**
 * The bare equivalent: one `node:http` process that does the same reads, the same call to Hero and the same
 * writes as the portal's procedure, in hand-written SQL on named statements, with no framework, validation
 * or views.
 */

const sql = postgres(process.env.DATABASE_URL ?? "", { max: 10, onnotice: () => {} });
const agent = new Agent({ connections: 128 });
const [, masterKey = ""] = (process.env.MASTER_KEYS ?? "").split(":");

const scope = (token: string) => sql`
  select * from find_scope(${createHash("sha256").update(token).digest()}, 'bench', now(), '1 hour')`;

function openSealed(sealed: Buffer, key: Buffer, location: string[]): Buffer {
  const header = 2 + (sealed[1] ?? 0);
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(header, header + 12));
  decipher.setAAD(
    Buffer.concat([sealed.subarray(0, header), Buffer.from(JSON.stringify(location))]),
  );
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(header + 12, -16)), decipher.final()]);
}

const selectLinks = (
  tx: postgres.TransactionSql,
  tenantId: string,
  linkId: string | null,
  limit: number,
) => tx`
  select l.id, l.operation_id, l.outcome, l.name, l.practice_id, p.name as practice_name, p.nickname,
    p.practice_group_id, l.appointment_type_id, l.appointment_type_name, l.location_id,
    l.location_name, l.practitioner_id, l.practitioner_name, l.patient_id, l.slots_from, l.slots_to,
    l.expires_on, l.max_uses, l.uses, l.opens, l.url, l.failure, u.name as created_by,
    l.created_at, l.requested_at, l.refreshed_at, l.closed_at, l.kind, l.failure_code, l.reference, l.tags,
    l.bulk_upload_id, l.form_id, l.form_title, l.stopped_at
  from (
    select * from links
    where tenant_id = ${tenantId} and environment = 'sandbox'
      and (${linkId}::uuid is null or id = ${linkId})
    order by tenant_id desc, environment desc, id desc limit ${limit}
  ) l
  join practices p on p.tenant_id = l.tenant_id and p.environment = l.environment
    and p.id = l.practice_id
  left join users u on u.id = l.created_by
  order by l.id desc`;

async function listLinks(token: string): Promise<string> {
  const [session] = await scope(token);
  const rows = await sql.begin(async (tx) => {
    await tx`select set_config('app.tenant_id', ${session?.tenant_id}, true)`;
    return selectLinks(tx, session?.tenant_id, null, 21);
  });
  return JSON.stringify({ result: { data: { items: rows.slice(0, 20) } } });
}

type CreateLinkInput = {
  operationId: string;
  practiceId: string;
  appointmentTypeId: string;
  locationId: string;
  expiresOn: string;
  maxUses: number;
};

async function createLink(token: string, text: string): Promise<string> {
  const input: CreateLinkInput = JSON.parse(text);
  const [session] = await scope(token);
  const tenantId: string = session?.tenant_id;
  const linkId = uuidv7();
  const requestId = randomUUID();
  const insertAuditEvent = (tx: postgres.TransactionSql, action: string) => tx`
    insert into audit_events (tenant_id, id, environment, actor_id, action, subject_type, subject_id,
      subject_label, request_id, details)
    values (${tenantId}, ${uuidv7()}, 'sandbox', ${session?.user_id}, ${action}, 'link', ${linkId},
      'Bench Surgery', ${requestId}, ${sql.json({ operationId: input.operationId })})`;
  const insertSearchTerms = (tx: postgres.TransactionSql, terms: string[]) => tx`
    insert into link_search_terms (tenant_id, environment, term, link_id)
    select ${tenantId}, 'sandbox', term, ${linkId} from unnest(${terms}::text[]) term
    on conflict do nothing`;
  const practice = await sql.begin(async (tx) => {
    await tx`select set_config('app.tenant_id', ${tenantId}, true)`;
    const [row] = await tx`
      select p.id, p.name, p.nickname, p.practice_group_id, p.disconnected_at, p.capability_checks,
        p.booking_options, c.id as credential_id, c.environment, c.fingerprint, c.state,
        c.last_used_at, c.sealed_key, d.id as data_key_id, d.sealed_key as sealed_data_key
      from practices p
      join credentials c on c.tenant_id = p.tenant_id and c.environment = p.environment
        and c.id = p.credential_id
      join data_keys d on d.tenant_id = c.tenant_id and d.id = c.data_key_id
      where p.tenant_id = ${tenantId} and p.environment = 'sandbox' and p.id = ${input.practiceId}
        and p.disconnected_at is null`;
    await tx`
      insert into links (tenant_id, environment, id, operation_id, request_hash, practice_id, outcome,
        appointment_type_id, appointment_type_name, location_id, location_name, expires_on,
        max_uses, created_by)
      values (${tenantId}, 'sandbox', ${linkId}, ${input.operationId}, '', ${input.practiceId},
        'pending', ${input.appointmentTypeId}, 'Flu clinic', ${input.locationId}, 'Main site',
        ${input.expiresOn}, ${input.maxUses}, ${session?.user_id})
      on conflict (tenant_id, operation_id) do nothing returning id`;
    await insertSearchTerms(tx, ["flu", "clinic", "main", "site"]);
    await insertAuditEvent(tx, "link.requested");
    return row;
  });
  const dataKey = openSealed(practice?.sealed_data_key, Buffer.from(masterKey, "base64"), [
    tenantId,
    "data_keys",
    practice?.data_key_id,
    "sealed_key",
  ]);
  const apiKey = openSealed(practice?.sealed_key, dataKey, [
    tenantId,
    "credentials",
    `sandbox/${practice?.credential_id}`,
    "sealed_key",
  ]).toString();
  const limitKey = `sandbox:${practice?.fingerprint}`;
  const [limiterSlot] = await sql`
    insert into hero_limits as held (key, ready_at, in_flight)
    values (${limitKey}, clock_timestamp(), array[clock_timestamp() + interval '15 seconds'])
    on conflict (key) do update set
      ready_at = greatest(held.ready_at, clock_timestamp()) + interval '0.00001 seconds',
      in_flight = array(select until from unnest(held.in_flight) until where until > clock_timestamp())
        || (clock_timestamp() + interval '15 seconds')
    where held.ready_at <= clock_timestamp() + interval '1 second'
      and (select count(*) from unnest(held.in_flight) until where until > clock_timestamp()) < 1000
    returning in_flight[cardinality(in_flight)]::text as until`;
  const startedAt = performance.now();
  const reply = await send(`${process.env.HERO_SANDBOX_URL}/v1/booking_links`, {
    dispatcher: agent,
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-api-key": apiKey,
      "x-practice-group-id": practice?.practice_group_id,
    },
    body: JSON.stringify({
      appointment_type_id: input.appointmentTypeId,
      location_id: input.locationId,
      expiry_date: input.expiresOn,
      maximum_use_count: input.maxUses,
    }),
  });
  const created = (await reply.body.json()) as { booking_link: string; id: string };
  await sql`
    update hero_limits set in_flight = array_remove(in_flight, ${limiterSlot?.until}::text::timestamptz)
    where key = ${limitKey}`;
  const rows = await sql.begin(async (tx) => {
    await tx`select set_config('app.tenant_id', ${tenantId}, true)`;
    await tx`
      update links set outcome = 'active', url = ${created.booking_link}, hero_link_id = ${created.id},
        refreshed_at = now(), last_activity_at = now()
      where tenant_id = ${tenantId} and environment = 'sandbox' and id = ${linkId}`;
    await insertSearchTerms(tx, [created.id]);
    await insertAuditEvent(tx, "link.created");
    await tx`
      insert into hero_requests (tenant_id, environment, id, practice_group_id, operation, method,
        path_template, status, duration_ms, request_id)
      values (${tenantId}, 'sandbox', ${uuidv7()}, ${practice?.practice_group_id},
        'createBookingLink', 'POST', '/v1/booking_links', ${reply.statusCode},
        ${Math.round(performance.now() - startedAt)}, ${requestId})`;
    return selectLinks(tx, tenantId, linkId, 1);
  });
  return JSON.stringify({ result: { data: rows[0] } });
}

/** One select by key: the least a page needs. */
async function selectSession(token: string): Promise<string> {
  const hash = createHash("sha256").update(token).digest();
  const [session] = await sql`select id, user_id from sessions where token_hash = ${hash}`;
  return JSON.stringify(session);
}

async function handleRequest(
  token: string,
  path: string | undefined,
  body: string | undefined,
): Promise<[number, string]> {
  try {
    if (path === "/select") return [200, await selectSession(token)];
    return [200, body === undefined ? await listLinks(token) : await createLink(token, body)];
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    return [500, "{}"];
  }
}

const server = createServer((request, response) => {
  const token = request.headers.cookie?.split("=")[1] ?? "";
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = request.method === "POST" ? Buffer.concat(chunks).toString() : undefined;
    void handleRequest(token, request.url, body).then(([status, reply]) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(reply);
    });
  });
});
server.listen(Number(process.env.BASELINE_PORT), "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
});
process.on("SIGTERM", () => process.exit(0));
