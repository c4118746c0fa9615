import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { callMock } from "@/scripts/contract-check/call-client";
import { clientCalls, minimalLink } from "@/scripts/contract-check/client-calls";
import { openConnection } from "@/scripts/contract-check/connection";
import { callStaging } from "@/scripts/contract-check/staging";
import { createAppointment } from "@/server/hero/appointments";
import { createBatch } from "@/server/hero/batches";
import { requestBookingLink } from "@/server/hero/booking-links";
import { sendMessage } from "@/server/hero/messages";
import { fetchSlots } from "@/server/hero/slots";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { getOperationRoute } from "../support/contract";
import {
  createFormResponse,
  createPatientCase,
  getSandboxPractice,
  inDialect,
  listHeroCalls,
} from "../support/hero";

type Json = Record<string, unknown>;

const contract = parse(readFileSync("openapi/hero.yaml", "utf8")) as Json;
const get = (value: unknown, ...path: string[]): unknown =>
  path.reduce((node: unknown, key) => (node as Json | undefined)?.[key], value);

/** The smallest value that a schema allows. */
function sampleOf(schema: unknown): unknown {
  const reference = get(schema, "$ref");
  if (typeof reference === "string")
    return sampleOf(get(contract, ...reference.slice(2).split("/")));
  const [variant] = (get(schema, "oneOf") ?? get(schema, "anyOf") ?? []) as unknown[];
  const [type] = [get(schema, "type")].flat();
  const [value] = (get(schema, "examples") ?? get(schema, "enum") ?? []) as unknown[];
  if (value !== undefined) return value;
  if (type === "object") {
    const entries = Object.entries((get(schema, "properties") ?? {}) as Json);
    return Object.fromEntries(entries.map(([name, property]) => [name, sampleOf(property)]));
  }
  if (type === "array") return [sampleOf(get(schema, "items"))];
  if (type === "boolean") return false;
  if (type === "number") return 1;
  if (type === "integer") return 12345;
  if (type === "string") {
    const format = get(schema, "format");
    if (format === "uri") return "https://bookings.herohealth.net/verify";
    return format === "date-time" ? "2027-01-31T00:00:00Z" : "12345";
  }
  return variant === undefined ? {} : sampleOf(variant);
}

const basePath = "/mock/public-api/openapi";
const requestedPaths: string[] = [];
const mock = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  requestedPaths.push(url.pathname);
  const path = url.pathname.slice(basePath.length).replace(/\/12345(?=\/|$)/, "/{id}");
  const method = (request.method ?? "").toLowerCase();
  const content = get(contract, "paths", path, method, "responses", "200", "content");
  const schema = get(content, "application/json", "schema");
  response
    .writeHead(schema ? 200 : 404, { "content-type": "application/json" })
    .end(JSON.stringify(sampleOf(schema)));
});
let baseUrl: string;

beforeAll(async () => {
  mock.listen(0, "127.0.0.1");
  await once(mock, "listening");
  const address = mock.address();
  baseUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}${basePath}/`;
});
afterAll(() => {
  mock.closeAllConnections();
  mock.close();
});

const run = async (call: (print: (line: string) => void) => Promise<boolean>) => {
  const lines: string[] = [];
  return { isGood: await call((line) => lines.push(line)), text: lines.join("\n") };
};

const readingOperations = [...new Set(Object.values(clientCalls).map(({ operation }) => operation))]
  .filter((operation) => getOperationRoute(operation).method === "GET")
  .toSorted();

/** A patient with files, a held time and a link, of a practice at the staging environment. */
async function createTestRecords(practice: { practiceGroupId: string; apiKey: string }) {
  const [patient] = (await createPatientCase(practice.practiceGroupId, "attachments")).patients;
  const { hero } = openConnection("staging", practice);
  const firstDay = addDays(ukDateOf(new Date()), 1);
  const { slots } = await fetchSlots(hero, {
    start_date: firstDay,
    end_date: addDays(firstDay, 6),
  });
  const [slot] = slots;
  if (!slot || !patient?.patientId) throw new Error("The sandbox has no slot or patient.");
  const { appointment_type_id, location_id, practitioner_id, start_time, duration } = slot;
  const { id } = await createAppointment(hero, {
    ...{ appointment_type_id, location_id, practitioner_id, start_time, duration },
    patient_id: patient.patientId,
  });
  await requestBookingLink(hero, await minimalLink(hero));
  const formResponseId = await createFormResponse(practice.practiceGroupId, {
    patientId: patient.patientId,
  });
  const message = await sendMessage(hero, {
    patient_id: patient.patientId,
    message_type: "hero",
    message_string: "A note",
  });
  const batch = await createBatch(hero, {
    name: "A test of the check",
    channel: "EMAIL",
    subject: "A test",
    content: "A test",
    recipients: [{ nhs_number: patient.nhsNumber, dob: patient.dateOfBirth }],
  });
  return {
    patientId: patient.patientId,
    appointmentId: id,
    formResponseId,
    messageId: message.id,
    batchId: batch.id,
  };
}

describe("bin/contract-check calls a server", () => {
  it("every client function understands a mock server whose address has a path", async () => {
    const { isGood, text } = await run((print) => callMock(baseUrl, print));
    const total = Object.keys(clientCalls).length;
    expect(text).toContain(`${total} of ${total} functions`);
    expect(isGood).toBe(true);
    for (const { operation } of Object.values(clientCalls)) {
      const path = basePath + getOperationRoute(operation).path.replace("{id}", "12345");
      expect(requestedPaths).toContain(path);
    }
  });

  it("an address that is none is one sentence", async () => {
    await expect(callMock("file:///etc/passwd", () => undefined)).rejects.toThrow(/^--mock needs/);
  });

  describe.each([
    { dialect: "first", isGood: true, differences: [] },
    {
      dialect: "second",
      isGood: false,
      differences: ["assumption 11:", "assumption 19:", "assumption 39:", "assumption 40:"],
    },
  ])("at a staging environment in the $dialect dialect", ({ dialect, isGood, differences }) => {
    it("the check reads, creates one test link with consent only, and names each difference", async () => {
      const practice = await getSandboxPractice("30297", "a");
      const apiKey = inDialect(practice.apiKey, dialect);
      process.env.HERO_CHECK_API_KEY = apiKey;
      process.env.HERO_CHECK_PRACTICE_GROUP_ID = practice.practiceGroupId;

      delete process.env.HERO_CHECK_PATIENT_ID;
      delete process.env.HERO_CHECK_APPOINTMENT_ID;
      delete process.env.HERO_CHECK_FORM_RESPONSE_ID;
      delete process.env.HERO_CHECK_MESSAGE_ID;
      delete process.env.HERO_CHECK_BATCH_ID;
      const { text: withoutIds } = await run((print) => callStaging(false, print));
      expect(withoutIds).toContain("Set HERO_CHECK_PATIENT_ID");
      expect(withoutIds).toContain("Set HERO_CHECK_APPOINTMENT_ID");
      const { patientId, appointmentId, formResponseId, messageId, batchId } =
        await createTestRecords(practice);
      process.env.HERO_CHECK_MESSAGE_ID = messageId;
      process.env.HERO_CHECK_BATCH_ID = batchId;
      process.env.HERO_CHECK_FORM_RESPONSE_ID = formResponseId;
      process.env.HERO_CHECK_PATIENT_ID = patientId;
      process.env.HERO_CHECK_APPOINTMENT_ID = appointmentId;
      const { text: readText } = await run((print) => callStaging(false, print));
      const readOnly = await listHeroCalls(apiKey);
      expect(readOnly.filter(({ method }) => method !== "GET")).toEqual([]);
      expect(readingOperations).toContain("getAppointmentStatus");
      const called = new Set(readOnly.map(({ operation }) => operation));
      expect(readingOperations.filter((operation) => !called.has(operation))).toEqual([]);
      expect(readText).not.toContain(patientId);

      const { text, isGood: isAsAssumed } = await run((print) => callStaging(true, print));
      expect({ isAsAssumed, text }).toMatchObject({ isAsAssumed: isGood });
      for (const difference of differences) {
        expect(text).toMatch(new RegExp(`^FAIL +${difference}`, "m"));
      }
      expect((await listHeroCalls(apiKey, "createBookingLink")).length).toBe(1);
      expect((await listHeroCalls(apiKey, "createFormLink")).length).toBe(0);
      expect(text).not.toContain(apiKey);
    }, 60_000);
  });
});
