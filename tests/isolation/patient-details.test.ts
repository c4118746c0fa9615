import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { GET as exportCalendarFile } from "@/app/api/downloads/[tenant]/[environment]/appointments/[appointmentId]/route";
import { GET as exportLinks } from "@/app/api/downloads/[tenant]/[environment]/links/route";
import { GET as getAppointmentByApi } from "@/app/api/v1/appointments/[appointmentId]/route";
import { POST as bookByApi } from "@/app/api/v1/appointments/route";
import { GET as listMessagesByApi, POST as sendByApi } from "@/app/api/v1/messages/route";
import { POST as previewByApi } from "@/app/api/v1/messages/preview/route";
import { POST as lookUpByApi } from "@/app/api/v1/patients/lookup/route";
import { POST as listSlotsByApi } from "@/app/api/v1/slots/route";
import { sessionCookieName } from "@/server/auth/cookie";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { sandboxUrl } from "../setup/database";
import { callApi, createTestApiKey } from "../support/api-v1";
import { changePatient, createPatientCase, injectFault } from "../support/hero";
import { listEmails } from "../support/mail";
import { callPortalProcedure, type SeededTenant, seedTenant, sql } from "./support";

const practiceGroupId = "20690";
// No word of the portal or of the sandbox's other people.
const lastName = `Zyxw${randomUUID().replaceAll(/[^a-z]/g, "")}qv`;

let a: SeededTenant;
/** What must be found nowhere. */
const details = new Set<string>();
/** Everything that this process writes to its output. */
const output: string[] = [];

beforeAll(async () => {
  // Every line of the log, not only errors.
  vi.stubEnv("LOG_LEVEL", "debug");
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output.push(String(text));
    return true;
  });
  a = await seedTenant({ main: practiceGroupId, neighbour: "20533", spare: "30183", partner: "b" });
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const heroPatient = z.object({
  first_name: z.string(),
  dob: z.string(),
  nhs_number: z.string(),
  postcode: z.string(),
  mobile: z.string(),
  email: z.string(),
  address_line_1: z.string(),
});

/** New records of a case, all with the planted last name, whose details are searched for. */
async function plant(name: string) {
  const { patients } = await createPatientCase(practiceGroupId, name);
  const planted = [];
  for (const { patientId, searchNhsNumber, dateOfBirth } of patients) {
    if (!patientId) throw new Error(`A record of ${name} has no ID.`);
    await changePatient(patientId, { lastName });
    const response = await fetch(`${sandboxUrl}/v1/patients/${patientId}`, {
      headers: { "x-api-key": a.fixture.apiKey, "x-practice-group-id": practiceGroupId },
    });
    const record = heroPatient.parse(await response.json());
    const number = searchNhsNumber.replaceAll(/\D/g, "");
    const [year, month, day] = dateOfBirth.split("-");
    for (const detail of [
      lastName,
      number,
      number.replace(/^(...)(...)/, "$1 $2 "),
      dateOfBirth,
      `${day}/${month}/${year}`,
      record.postcode,
      record.postcode.replaceAll(" ", ""),
      record.mobile,
      record.mobile.replaceAll(" ", ""),
      record.email,
      record.address_line_1,
    ]) {
      details.add(detail.toLowerCase());
    }
    planted.push({ patientId, nhsNumber: number, dateOfBirth, postcode: record.postcode, record });
  }
  const [patient, other] = planted;
  if (!patient) throw new Error(`The case ${name} has no patient.`);
  return { patient, other };
}

async function call(
  kind: "query" | "mutation",
  name: string,
  input: unknown,
  role: "owner" | "admin" = "owner",
) {
  const response = await callPortalProcedure({ name, kind }, a.tenant.slug, {
    input,
    token: a.tokens[role],
  });
  return { ...response, data: z.looseObject({}).catch({}).parse(response.data) };
}

const found = (text: string) => {
  const lowerCase = text.toLowerCase();
  return [...details].filter((detail) => lowerCase.includes(detail));
};

/** Every row of every table, also of the queue, as text. */
async function dumpDatabase(): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
      and n.nspname not like 'pg_toast%'`;
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await sql.unsafe<{ line: string }[]>(
      `select to_jsonb(t)::text as line from ${name} t`,
    );
    texts.push(name, ...rows.map(({ line }) => line));
  }
  expect(texts.length).toBeGreaterThan(100);
  return texts.join("\n");
}

const slotList = z.object({ slots: z.array(z.object({ id: z.string(), startsAt: z.string() })) });

/** Free slots of a week, in a portal's response. */
async function listSlots(days: number) {
  const { practiceId, choice } = a.fixture;
  const firstDay = addDays(ukDateOf(new Date()), days);
  const { data } = await call("query", "slots.list", { practiceId, ...choice, firstDay });
  return slotList.parse(data).slots;
}

/** Calls a route of the partner API; the body of its response, and the headers. */
async function callRoute(
  route: (request: Request) => Promise<Response>,
  key: string,
  body?: unknown,
) {
  const response = await route(
    new Request("http://localhost:3000/api/v1", {
      method: body === undefined ? "GET" : "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": randomUUID(),
        authorization: `Bearer ${key}`,
      },
      body: body === undefined ? null : JSON.stringify(body),
    }),
  );
  const headers = JSON.stringify([...response.headers]);
  const text = await response.text();
  const json = z.looseObject({}).parse(JSON.parse(text));
  return { status: response.status, text: `${headers}\n${text}`, json };
}

/** Each place that must not have a detail, with the details that it has. */
async function search() {
  const owner = await a.tenant.asOwner();
  const { key } = await createTestApiKey(owner);
  const scope = { tenant: a.tenant.slug, environment: "sandbox" };
  const headers = new Headers({ cookie: `${sessionCookieName()}=${a.tokens.owner}` });
  const exported = await exportLinks(
    new Request("http://localhost:3000/api/downloads", { headers }),
    { params: Promise.resolve(scope) },
  );
  const { activity, links } = {
    activity: await call("query", "activity.list", { limit: 100 }),
    links: await call("query", "links.list", { limit: 100 }),
  };
  expect(exported.status).toBe(200);
  expect(activity.code).toBe("OK");
  return {
    logs: found(output.join("")),
    database: found(await dumpDatabase()),
    emails: found(JSON.stringify(await listEmails(a.tenant.owner.email))),
    exports: found(await exported.text()),
    activity: found(activity.text),
    links: found(links.text),
    api: found((await callApi({ key, method: "GET" })).text),
  };
}

const nowhere = {
  logs: [],
  database: [],
  emails: [],
  exports: [],
  activity: [],
  links: [],
  api: [],
};

describe("c30: a planted patient's name, number, date of birth, telephone, email and address", () => {
  it("the search finds a detail that is stored", async () => {
    await plant("found");
    await sql`update links set reference = ${lastName} where id = ${a.fixture.linkId}`;
    output.push(`{"event":"${lastName}"}`);
    const places = await search();
    expect(places).toMatchObject({
      logs: [lastName.toLowerCase()],
      database: [lastName.toLowerCase()],
      exports: [lastName.toLowerCase()],
      links: [lastName.toLowerCase()],
      api: [lastName.toLowerCase()],
    });
    output.length = 0;
    await sql`update links set reference = null where id = ${a.fixture.linkId}`;
    expect(await search()).toEqual(nowhere);
  });

  it("finding a patient leaves none of them anywhere", async () => {
    const { practiceId } = a.fixture;
    const { patient } = await plant("found");
    const { nhsNumber, dateOfBirth } = patient;
    const identity = { by: "nhs_number", nhsNumber, dateOfBirth };
    const match = await call("mutation", "patients.lookUp", { practiceId, identity });
    expect(match.data.outcome).toBe("found");
    expect(found(match.text)).toContain(lastName.toLowerCase());
    // A date of birth that is not theirs, and details in fields that reject them.
    const wrong = { ...identity, dateOfBirth: addDays(dateOfBirth, 1) };
    await call("mutation", "patients.lookUp", { practiceId, identity: wrong });
    await call("mutation", "patients.lookUp", { practiceId: nhsNumber, identity });
    await call("mutation", "patients.lookUp", {
      practiceId,
      identity: { by: "hero_id", patientId: lastName, dateOfBirth: nhsNumber },
    });
    expect(await search()).toEqual(nowhere);
  });

  it("opening a record, showing its identifiers and sharing a file leave none of them anywhere", async () => {
    const { practiceId } = a.fixture;
    const { patientId } = (await plant("attachments")).patient;
    const input = { practiceId, patientId };
    const opened = await call("mutation", "patients.open", input);
    const shown = await call("mutation", "patients.showIdentifiers", input);
    expect(opened.code).toBe("OK");
    expect(found(opened.text)).toEqual([]);
    expect(found(shown.text)).toContain(lastName.toLowerCase());
    const files = await call("mutation", "patients.listFiles", input);
    const [file] = z.array(z.object({ id: z.string() })).parse(files.data.files);
    const shared = await call("mutation", "patients.createFileLink", {
      ...input,
      fileId: file?.id,
    });
    expect(shared.code).toBe("OK");
    expect(found(files.text + shared.text)).toEqual([]);
    expect(await search()).toEqual(nowhere);
  });

  it("registering a patient leaves none of them anywhere, whatever Hero replies", async () => {
    const { patient } = await plant("found");
    const { practiceId, apiKey } = a.fixture;
    const own = {
      practiceId,
      forename: "Noor",
      surname: lastName,
      dateOfBirth: patient.dateOfBirth,
      postcode: patient.postcode,
      addressLine: patient.record.address_line_1,
      mobile: patient.record.mobile,
      email: patient.record.email,
    };
    const register = (overrides: Record<string, unknown> = {}) =>
      call("mutation", "patients.register", {
        operationId: randomUUID(),
        ...own,
        ...overrides,
      });
    expect((await register()).data.outcome).toBe("registered");
    const echo = { message: `No such person: ${JSON.stringify(own)}` };
    const responses = [];
    for (const fault of [{ status: 400 }, { status: 500 }, { status: 200 }]) {
      const body = JSON.stringify(echo);
      await injectFault({ operation: "registerPatient", key: apiKey, body, ...fault });
      responses.push(await register());
    }
    const number = patient.nhsNumber;
    responses.push(await register({ practiceId: number, sex: lastName, nhsNumber: `${number}1` }));
    expect(responses.map(({ code }) => code)).toEqual(["OK", "OK", "OK", "BAD_REQUEST"]);
    expect(found(responses.map(({ text }) => text).join("\n"))).toEqual([]);
    expect(await search()).toEqual(nowhere);
  });

  it("an error of the portal itself names none of them, and is logged without them", async () => {
    const { practiceId } = a.fixture;
    const { patient } = await plant("found");
    const { nhsNumber, dateOfBirth } = patient;
    output.length = 0;
    // Nothing that is audited can be written: PostgreSQL's own message would quote the row.
    await sql`alter table audit_events add constraint no_rows check (false) not valid`;
    const identity = { by: "nhs_number", nhsNumber, dateOfBirth };
    const responses = [
      await call("mutation", "patients.lookUp", { practiceId, identity }),
      await call("mutation", "patients.register", {
        operationId: randomUUID(),
        practiceId,
        forename: "Noor",
        surname: lastName,
        dateOfBirth,
        postcode: patient.postcode,
      }),
    ];
    await sql`alter table audit_events drop constraint no_rows`;
    expect(responses.map(({ code }) => code)).toEqual(responses.map(() => "INTERNAL_SERVER_ERROR"));
    expect(found(responses.map(({ text }) => text).join("\n"))).toEqual([]);
    expect(output.filter((line) => line.includes("request failed"))).toHaveLength(2);
    expect(await search()).toEqual(nowhere);
  });

  it("the partner API returns none of them, also in problems, and leaves none anywhere", async () => {
    const { practiceGroupId: group, choice } = a.fixture;
    const { patient } = await plant("found");
    const { patientId, nhsNumber, dateOfBirth, postcode, record } = patient;
    const { key } = await createTestApiKey(await a.tenant.asOwner(), [
      "patients.read",
      "appointments.book",
      "appointments.read",
      "messages.read",
      "messages.send",
    ]);
    const identity = { practiceGroupId: group, by: "nhs_number", nhsNumber, dateOfBirth };
    const lookUp = (body: unknown) => callRoute(lookUpByApi, key, body);
    const matches = [
      await lookUp(identity),
      await lookUp({
        practiceGroupId: group,
        by: "details",
        forename: record.first_name,
        surname: lastName,
        dateOfBirth,
        postcode,
      }),
    ];
    for (const { json } of matches) expect(json).toMatchObject({ outcome: "found", patientId });
    const slots = await callRoute(listSlotsByApi, key, {
      practiceGroupId: group,
      ...choice,
      firstDay: addDays(ukDateOf(new Date()), 14),
    });
    const [slot] = slotList.parse(slots.json).slots;
    const appointment = {
      practiceGroupId: group,
      patientId,
      ...choice,
      slotId: slot?.id,
      reason: `Prefers to be called ${lastName}`,
      tellPatient: true,
    };
    const booked = await callRoute(bookByApi, key, appointment);
    expect(booked.status).toBe(201);
    const appointmentId = z.string().parse(booked.json.id);
    const read = await callRoute(
      (request) => getAppointmentByApi(request, { params: Promise.resolve({ appointmentId }) }),
      key,
    );
    expect(read.status).toBe(200);
    const draft = {
      practiceGroupId: group,
      patientId,
      channel: "email",
      text: `Dear {{first_name}} ${lastName}, please ring us.`,
    };
    const previewed = await callRoute(previewByApi, key, draft);
    const message = {
      ...draft,
      previewFingerprint: previewed.json.previewFingerprint,
      // Outside quiet hours.
      sendAt: `${addDays(ukDateOf(new Date()), 2)}T12:00:00Z`,
    };
    const scheduled = await callRoute(sendByApi, key, message);
    expect(scheduled.status).toBe(201);
    const messages = await callRoute(listMessagesByApi, key);
    expect(messages.status).toBe(200);
    const problems = [
      await callRoute(previewByApi, key, { ...draft, linkId: lastName, contact: [nhsNumber] }),
      await callRoute(sendByApi, key, { ...message, variables: { [lastName]: nhsNumber } }),
      await callRoute(sendByApi, key, { ...message, text: `{{${lastName}`, recordWrite: "no" }),
      await lookUp({ ...identity, dateOfBirth: addDays(dateOfBirth, 1) }),
      await lookUp({ ...identity, practiceGroupId: lastName, forename: nhsNumber }),
      await lookUp({ ...identity, nhsNumber: lastName, dateOfBirth: nhsNumber }),
      await callRoute(listSlotsByApi, key, {
        practiceGroupId: group,
        ...choice,
        firstDay: lastName,
        practitionerId: nhsNumber,
      }),
      // The slot is taken now.
      await callRoute(bookByApi, key, appointment),
      await callRoute(bookByApi, key, { ...appointment, slotId: lastName }),
      await callRoute(bookByApi, key, { ...appointment, patientId: lastName, startsAt: nhsNumber }),
    ];
    const refused = problems.filter(({ status }) => status >= 400);
    expect(refused.length).toBeGreaterThanOrEqual(problems.length - 1);
    const responses = [
      ...matches,
      slots,
      booked,
      read,
      previewed,
      scheduled,
      messages,
      ...problems,
    ];
    expect(found(responses.map(({ text }) => text).join("\n"))).toEqual([]);
    expect(await search()).toEqual(nowhere);
  });

  it("connecting a patient to a clinical record leaves none of them anywhere", async () => {
    const { practiceId } = a.fixture;
    const { patient } = await plant("several_candidates");
    const input = { practiceId, patientId: patient.patientId, dateOfBirth: patient.dateOfBirth };
    const compared = await call("mutation", "patientEhr.compare", input);
    expect(compared.data.outcome).toBe("listed");
    expect(found(compared.text)).toContain(lastName.toLowerCase());
    const candidate = z.object({
      candidateKey: z.string(),
      recordsKey: z.string(),
      differences: z.array(z.string()),
    });
    const [first, second] = z.array(candidate).parse(compared.data.candidates);
    const rejected = await call("mutation", "patientEhr.rejectCandidate", {
      ...input,
      ...second,
      reason: "relative",
    });
    expect(rejected.code).toBe("OK");
    const connected = await call("mutation", "patientEhr.connect", {
      ...input,
      ...first,
      operationId: randomUUID(),
      confirmedDifferences: first?.differences,
    });
    expect(connected.data.outcome).toBe("connected");
    expect(await search()).toEqual(nowhere);
  });

  it("booking and cancelling an appointment leave none of them anywhere, nor the reason", async () => {
    const { practiceId, choice } = a.fixture;
    const { patient } = await plant("found");
    const { patientId } = patient;
    const slots = await listSlots(7);
    const reserved = await call("mutation", "appointments.reserve", {
      ...choice,
      operationId: randomUUID(),
      practiceId,
      patientId,
      slotId: slots[0]?.id,
    });
    expect(reserved.data.outcome).toBe("held");
    const { id: appointmentId } = z.object({ id: z.string() }).parse(reserved.data.appointment);
    const reason = `Prefers to be called ${lastName}`;
    details.add(reason.toLowerCase());
    const booked = await call("mutation", "appointments.book", {
      operationId: randomUUID(),
      appointmentId,
      reason,
      tellPatient: true,
    });
    expect(booked.data.outcome).toBe("made");
    const cancelled = await call("mutation", "appointments.cancel", {
      operationId: randomUUID(),
      appointmentId,
      tellPatient: true,
      isLate: false,
    });
    expect(cancelled.data.outcome).toBe("made");
    const responses = [
      reserved,
      booked,
      cancelled,
      await call("query", "appointments.get", { appointmentId }),
      await call("query", "appointments.history", { appointmentId }),
      await call("query", "appointments.list", { practiceId, patientId }),
    ];
    expect(responses.map(({ code }) => code)).toEqual(responses.map(() => "OK"));
    expect(found(responses.map(({ text }) => text).join("\n"))).toEqual([]);
    const calendarFile = await exportCalendarFile(
      new Request("http://localhost:3000/api/downloads", {
        headers: { cookie: `${sessionCookieName()}=${a.tokens.owner}` },
      }),
      {
        params: Promise.resolve({ tenant: a.tenant.slug, environment: "sandbox", appointmentId }),
      },
    );
    expect(calendarFile.status).toBe(200);
    expect(found(await calendarFile.text())).toEqual([]);
    expect(await search()).toEqual(nowhere);
  });

  it("comparing and merging two records leave none of them anywhere", async () => {
    const { practiceId } = a.fixture;
    const { patient, other } = await plant("mergeable");
    const pair = { practiceId, patientId: patient.patientId, otherPatientId: other?.patientId };
    const preview = await call("mutation", "merges.preview", pair);
    expect(preview.data.outcome).toBe("can_be_merged");
    expect(found(preview.text)).toContain(lastName.toLowerCase());
    const { previewFingerprint } = preview.data;
    const requested = await call("mutation", "merges.request", {
      ...pair,
      operationId: randomUUID(),
      previewFingerprint,
    });
    expect(requested.code).toBe("OK");
    const mergeId = requested.data.id;
    await call("mutation", "merges.review", { mergeId }, "admin");
    const approval = { mergeId, previewFingerprint };
    const approved = await call("mutation", "merges.approve", approval, "admin");
    expect(approved.data.state).toBe("merged");
    const listed = await call("query", "merges.list", {});
    expect(found([requested, approved, listed].map(({ text }) => text).join("\n"))).toEqual([]);
    expect(await search()).toEqual(nowhere);
  });
});
