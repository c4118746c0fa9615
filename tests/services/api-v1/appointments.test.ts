import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { GET } from "@/app/api/v1/appointments/[appointmentId]/route";
import { POST as createAppointment } from "@/app/api/v1/appointments/route";
import { POST as listSlots } from "@/app/api/v1/slots/route";
import type { ApiKeyPermission } from "@/server/schemas/api-keys";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { SlotView } from "@/server/schemas/slots";
import { createTestApiKey } from "../../support/api-v1";
import { createPatientCase, injectFault } from "../../support/hero";
import {
  type BookingTenant,
  controlSandbox,
  createBookingTenant,
  listAtHero,
} from "../appointments/support";
import { ajv } from "./support";

let tenant: BookingTenant;
let key: string;
let otherKey: string;
let slots: SlotView[];

const createKey = async (permissions: ApiKeyPermission[], which = tenant.tenants.first) =>
  (await createTestApiKey(await which.asOwner(), permissions)).key;

function nextSlot(): SlotView {
  const slot = slots.shift();
  if (!slot) throw new Error("The week has no slot left.");
  return slot;
}

const toRequest = (method: string, apiKey: string, body?: unknown, idempotencyKey?: string) =>
  new Request("http://localhost:3000/api/v1/appointments", {
    method,
    headers: {
      "content-type": "application/json",
      "x-request-id": randomUUID(),
      authorization: `Bearer ${apiKey}`,
      ...(idempotencyKey && { "idempotency-key": idempotencyKey }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });

async function read(response: Response) {
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, json, headers: response.headers };
}

const bodyFor = (slot: SlotView, overrides: Record<string, unknown> = {}) => ({
  practiceGroupId: tenant.practiceGroupId,
  patientId: tenant.patientId,
  slotId: slot.id,
  ...tenant.choice,
  tellPatient: true,
  ...overrides,
});

const post = async (body: unknown, idempotencyKey: string | undefined = randomUUID(), by = key) =>
  read(await createAppointment(toRequest("POST", by, body, idempotencyKey)));

const get = async (id: string, by = key) =>
  read(await GET(toRequest("GET", by), { params: Promise.resolve({ appointmentId: id }) }));

const search = async (by = key) =>
  read(
    await listSlots(
      toRequest("POST", by, {
        practiceGroupId: tenant.practiceGroupId,
        ...tenant.choice,
        firstDay: addDays(ukDateOf(new Date()), 29),
      }),
    ),
  );

const isAppointment = ajv.compile({ $ref: "portal.json#/components/schemas/Appointment" });

beforeAll(async () => {
  tenant = await createBookingTenant("30183");
  key = await createKey(["appointments.book", "appointments.read"]);
  otherKey = await createKey(["appointments.book", "appointments.read"], tenant.tenants.second);
  slots = (await search()).json.slots as SlotView[];
});

describe("booking with an API key", () => {
  it("a slot is booked once for an idempotency key, and the reply tells no location", async () => {
    const idempotencyKey = randomUUID();
    const before = (await listAtHero(tenant.patientId)).length;
    const body = bodyFor(nextSlot(), { reason: "Sore throat" });
    const created = await post(body, idempotencyKey);
    expect(created).toMatchObject({
      status: 201,
      json: { state: "booked", patientId: tenant.patientId },
    });
    expect(isAppointment(created.json)).toBe(true);
    expect(Object.keys(created.json).join()).not.toMatch(/practi|location/);
    const repeated = await post(body, idempotencyKey);
    expect(repeated).toMatchObject({ status: 200, json: { id: created.json.id } });
    expect(repeated.headers.get("idempotency-replayed")).toBe("true");
    expect(await listAtHero(tenant.patientId)).toHaveLength(before + 1);
    expect(await post(bodyFor(nextSlot()), idempotencyKey)).toMatchObject({ status: 422 });
    expect(await get(String(created.json.id))).toMatchObject({
      status: 200,
      json: { state: "booked" },
    });
  });

  it("a taken slot is a problem with the nearest free slots", async () => {
    const slot = nextSlot();
    await controlSandbox(`slots/${slot.id}/take`, { practiceGroupId: tenant.practiceGroupId });
    const { status, json } = await post(bodyFor(slot, { startsAt: slot.startsAt }));
    expect({ status, title: json.title }).toEqual({ status: 409, title: "Nothing was booked" });
    expect((json.slots as SlotView[]).length).toBeGreaterThan(0);
  });

  it("a lost reply is 202 and unknown, and a repeat sends nothing", async () => {
    await injectFault({
      operation: "createAppointment",
      key: tenant.apiKey,
      reset: true,
      afterWork: true,
    });
    const before = (await listAtHero(tenant.patientId)).length;
    const [body, idempotencyKey] = [bodyFor(nextSlot()), randomUUID()];
    const unknown = { status: 202, json: { state: "unknown", heroAppointmentId: null } };
    expect(await post(body, idempotencyKey)).toMatchObject(unknown);
    expect(await post(body, idempotencyKey)).toMatchObject(unknown);
    expect(await listAtHero(tenant.patientId)).toHaveLength(before + 1);
  });

  it("a request that ended between hold and confirmation is continued by its repeat", async () => {
    const [body, idempotencyKey] = [bodyFor(nextSlot()), randomUUID()];
    await injectFault({ operation: "getPatientById", key: tenant.apiKey, status: 200, body: "{}" });
    expect((await post(body, idempotencyKey)).status).toBeGreaterThanOrEqual(500);
    expect(await post(body, idempotencyKey)).toMatchObject({ json: { state: "booked" } });
  });
});

describe("who may", () => {
  it("a key needs the permission, and another organisation's finds nothing", async () => {
    const linksKey = await createKey(["links.create"]);
    const body = bodyFor(nextSlot());
    expect(await post(body, randomUUID(), linksKey)).toMatchObject({
      status: 403,
      json: { requiredPermission: "appointments.book" },
    });
    expect(await post(body, randomUUID(), otherKey)).toMatchObject({ status: 404 });
    expect(await search(otherKey)).toMatchObject({ status: 404 });
    const created = await post(body);
    const foreign = await get(String(created.json.id), otherKey);
    expect(foreign).toMatchObject({ status: 404 });
    expect((await get(randomUUID(), otherKey)).json).toEqual(foreign.json);
  });

  it("a restricted patient is not booked with a key, and nobody without an idempotency key", async () => {
    const [patient] = (await createPatientCase(tenant.practiceGroupId, "restricted")).patients;
    const body = bodyFor(nextSlot());
    expect(await post({ ...body, patientId: patient?.patientId })).toMatchObject({ status: 403 });
    const withoutKey = await read(await createAppointment(toRequest("POST", key, body)));
    expect(withoutKey).toMatchObject({
      status: 400,
      json: { errors: [{ parameter: "Idempotency-Key" }] },
    });
    expect(await post({ ...body, duration: 60 })).toMatchObject({ status: 400 });
  });
});
