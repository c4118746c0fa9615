import { randomUUID } from "node:crypto";
import { z } from "zod";
import {
  bookAppointmentInput,
  cancelAppointmentInput,
  type ReserveAppointmentInput,
} from "@/server/schemas/appointments";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { type SlotView, listSlotsInput } from "@/server/schemas/slots";
import { bookAppointment } from "@/server/services/appointments/book";
import { cancelAppointment } from "@/server/services/appointments/cancel";
import { reserveAppointment } from "@/server/services/appointments/reserve";
import { listFreeSlots } from "@/server/services/slots";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser, sandboxUrl } from "../../setup/database";
import { createPatientCase, getSandboxPractice } from "../../support/hero";
import { createTenantPair, firstBookingChoice } from "../../support/tenants";

export const superuser = connectAsSuperuser();

/** Two look-alike tenants; the first one's practice, and a patient of it who may be booked. */
export async function createBookingTenant(practiceGroupId: string) {
  const tenants = await createTenantPair();
  const anyKey = await getSandboxPractice(practiceGroupId, "c");
  // A key of its own: tests count the calls with it.
  const sandboxPractice = { ...anyKey, apiKey: anyKey.apiKey.replace(/[^.]*$/, randomUUID()) };
  const practice = await tenants.first.connect(sandboxPractice);
  const ctx = await tenants.first.asRole("operator");
  const [patient] = (await createPatientCase(practiceGroupId, "found")).patients;
  return {
    tenants,
    ctx,
    practiceGroupId,
    practiceId: practice.id,
    apiKey: sandboxPractice.apiKey,
    patientId: patient?.patientId ?? "",
    choice: await firstBookingChoice(ctx, practice.id),
  };
}
export type BookingTenant = Awaited<ReturnType<typeof createBookingTenant>>;

/** Free slots of a week that starts in some days. */
export async function listSlotsInDays(tenant: BookingTenant, days: number): Promise<SlotView[]> {
  const { ctx, practiceId, choice } = tenant;
  const firstDay = addDays(ukDateOf(new Date()), days);
  const input = listSlotsInput.parse({ practiceId, ...choice, firstDay });
  const { slots } = await listFreeSlots(ctx, input);
  return slots.filter(({ locationId }) => locationId === choice.locationId);
}

/** Removes a slot from those of a file's tests, so that no other test uses it. */
export function takeSlot(slots: SlotView[]): SlotView {
  const slot = slots.shift();
  if (!slot) throw new Error("The week has no slot left.");
  return slot;
}

export const reserveInput = (
  { practiceId, patientId, choice }: BookingTenant,
  slotId: string,
  overrides: Partial<ReserveAppointmentInput> = {},
): ReserveAppointmentInput => ({
  operationId: randomUUID(),
  practiceId,
  patientId,
  slotId,
  ...choice,
  ...overrides,
});

/** Holds a slot; the test fails unless it is held. */
export async function hold(tenant: BookingTenant, slot: SlotView | undefined, ctx = tenant.ctx) {
  const result = await reserveAppointment(ctx, reserveInput(tenant, slot?.id ?? ""));
  if (result.outcome !== "held" || !result.appointment) {
    throw new Error(`Not held: ${result.outcome} ${result.appointment?.reason}`);
  }
  return result.appointment;
}

export const book = (
  ctx: TenantContext,
  appointmentId: string,
  overrides: Record<string, unknown> = {},
) =>
  bookAppointment(
    ctx,
    bookAppointmentInput.parse({
      operationId: randomUUID(),
      appointmentId,
      tellPatient: true,
      ...overrides,
    }),
  );

export const cancel = (
  ctx: TenantContext,
  appointmentId: string,
  overrides: Record<string, unknown> = {},
) =>
  cancelAppointment(
    ctx,
    cancelAppointmentInput.parse({
      operationId: randomUUID(),
      appointmentId,
      tellPatient: true,
      ...overrides,
    }),
  );

const heroAppointments = z.array(
  z.looseObject({ id: z.string(), state: z.string(), patientId: z.string().nullable() }),
);

/** The appointments that the sandbox has for a patient. */
export async function listAtHero(patientId: string) {
  const response = await fetch(`${sandboxUrl}/_sandbox/appointments`);
  const all = heroAppointments.parse(await response.json());
  return all.filter((appointment) => appointment.patientId === patientId);
}

export async function controlSandbox(path: string, body: unknown = {}): Promise<void> {
  const response = await fetch(`${sandboxUrl}/_sandbox/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The sandbox refused ${path}: ${await response.text()}`);
}

/** The audit actions about an appointment, oldest first. */
export async function listActions(appointmentId: string): Promise<string[]> {
  const rows = await superuser<{ action: string }[]>`
    select action from audit_events where subject_id = ${appointmentId} order by id`;
  return rows.map(({ action }) => action);
}
/** Makes a row older, as if the process that wrote it had died some minutes ago. */
export async function makeOlder(
  table: "appointments" | "appointment_changes",
  id: string,
  minutes: number,
): Promise<void> {
  await superuser`
    update ${superuser(table)} set created_at = now() - make_interval(mins => ${minutes}) where id = ${id}`;
}
