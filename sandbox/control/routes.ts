import { dialectParts } from "../api/dialect";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { listGeneratedPatients } from "../state/generated-patients";
import { delayChanges, takeByStaff } from "../state/appointments";
import type { AppointmentRecord } from "../state/model";
import type { SandboxState } from "../state/sandbox-state";
import { findSlot } from "../state/slots";
import { createPatientCase, patientCaseNames } from "../state/patient-cases";
import { makeOlder as makeBatchOlder } from "../state/batches";
import { makeOlder } from "../state/messages";
import { addTask } from "../state/tasks";
import { showChanges } from "../state/patients";
import { mergeRecords } from "../api/patient-merge";
import { localDateField } from "../api/fields";
import { faultInput } from "../state/faults";
import { webhookRoutes } from "./webhooks";
import {
  appointmentViews,
  linkViews,
  messageViews,
  patientViews,
  practiceViews,
} from "../state/views";

const clockInput = z.union([
  z.strictObject({ now: z.iso.datetime({ offset: true }) }),
  z.strictObject({ advanceMs: z.int() }),
]);

const patientCaseInput = z.strictObject({
  practiceGroupId: z.string(),
  name: z.enum(patientCaseNames),
});

/** What a practice may do in Hero, and when the portal's own changes can be read. */
const patientChangeInput = z.strictObject({
  /** Null withdraws a death. */
  deceasedOn: localDateField.nullable().optional(),
  isRestricted: z.boolean().optional(),
  isArchived: z.boolean().optional(),
  lastName: z.string().optional(),
  dateOfBirth: localDateField.optional(),
  /** Empty for none. */
  mobile: z.string().optional(),
  email: z.string().optional(),
  opensNhsApp: z.boolean().optional(),
  mergedInto: z
    .strictObject({ patientId: z.string(), reply: z.enum(["other_id", "empty_list"]) })
    .optional(),
  /** False: connections and merges are accepted but cannot be read until this is true. */
  showsChanges: z.boolean().optional(),
  expireMergeTokens: z.literal(true).optional(),
});

/** One comment line or nothing, so that the changed script still works. */
const scriptInput = z.strictObject({ suffix: z.string().regex(/^(\/\/.*)?$/) });

const slotInput = z.strictObject({ practiceGroupId: z.string() });
const replyInput = z.strictObject({ text: z.string().min(1) });
const ageInput = z.strictObject({ advanceMs: z.int().min(1) });
const delayInput = z.strictObject({ reads: z.int().min(1).max(100) });

/** Keeps every date within four-digit years. */
const clockBounds = { fromMs: Date.parse("2000-01-01"), untilMs: Date.parse("2100-01-01") };

/** Controls for tests and people. Hero has nothing of the kind. */
export function controlRoutes(sandbox: SandboxState): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.get("/practices", (c) => c.json(practiceViews(sandbox)));
  app.get("/patients", (c) => c.json(patientViews(sandbox)));
  app.get("/generated-patients", (c) =>
    c.json(listGeneratedPatients(Number(c.req.query("count") ?? 100))),
  );
  app.get("/patient-cases", (c) => c.json(sandbox.patientCases));
  app.post("/patient-cases", async (c) => {
    const input = await parseBody(c, patientCaseInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    const practice = sandbox.findPractice(input.data.practiceGroupId);
    if (!practice) return c.json({ error: "No such practice." }, 404);
    return c.json(createPatientCase(sandbox, practice, input.data.name));
  });
  app.post("/patients/:id", async (c) => {
    const input = await parseBody(c, patientChangeInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    const patient = sandbox.patients.get(c.req.param("id"));
    const { mergedInto, showsChanges, expireMergeTokens, isArchived, ...details } = input.data;
    const survivor = mergedInto && sandbox.patients.get(mergedInto.patientId);
    if (!patient || (mergedInto && !survivor)) return c.json({ error: "No such patient." }, 404);
    if (isArchived !== undefined) patient.isArchived = isArchived;
    Object.assign(patient.person, details);
    if (showsChanges !== undefined) showChanges(patient, showsChanges);
    if (survivor) mergeRecords(sandbox, patient, survivor, mergedInto.reply);
    if (expireMergeTokens) {
      for (const permit of sandbox.mergePermits.values()) {
        if ([permit.mainId, permit.incomingId].includes(patient.id)) permit.expiresAtMs = 0;
      }
    }
    return c.body(null, 204);
  });
  app.get("/links", (c) => c.json(linkViews(sandbox)));
  messageRoutes(app, sandbox);

  appointmentRoutes(app, sandbox);
  webhookRoutes(app, sandbox, parseBody);

  app.get("/dialect-parts", (c) => c.json(dialectParts));

  app.post("/element-script", async (c) => {
    const input = await parseBody(c, scriptInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    sandbox.scriptSuffix = input.data.suffix;
    return c.body(null, 204);
  });

  app.post("/faults", async (c) => {
    const input = await parseBody(c, faultInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    return c.json({ id: sandbox.faults.add(input.data).id });
  });
  app.get("/faults", (c) => c.json(sandbox.faults.list()));
  app.delete("/faults", (c) => {
    sandbox.faults.clear();
    return c.body(null, 204);
  });

  app.get("/requests", (c) =>
    c.json(sandbox.journal.list(c.req.query("operation"), c.req.query("keyHash"))),
  );
  app.delete("/requests", (c) => {
    sandbox.journal.clear();
    return c.body(null, 204);
  });

  app.get("/clock", (c) => c.json({ now: sandbox.clock.nowIso() }));
  app.post("/clock", async (c) => {
    const input = await parseBody(c, clockInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    const timestampMs =
      "now" in input.data
        ? Date.parse(input.data.now)
        : sandbox.clock.nowMs() + input.data.advanceMs;
    if (!(timestampMs >= clockBounds.fromMs && timestampMs < clockBounds.untilMs)) {
      return c.json({ error: "The year must be between 2000 and 2099." }, 400);
    }
    sandbox.clock.setMs(timestampMs);
    return c.json({ now: sandbox.clock.nowIso() });
  });

  app.post("/reset", (c) => {
    sandbox.reset();
    return c.json({ now: sandbox.clock.nowIso() });
  });
  return app;
}

/** What patients received, and what a practice does with messages. */
function messageRoutes(app: Hono<{ Bindings: HttpBindings }>, sandbox: SandboxState): void {
  app.get("/messages", (c) => {
    const { practiceGroupId, patientId } = c.req.query();
    return c.json(
      messageViews(sandbox).filter(
        (message) =>
          (!practiceGroupId || message.practiceGroupId === practiceGroupId) &&
          (!patientId || message.patientId === patientId),
      ),
    );
  });
  app.post("/messages/:id/approve", (c) => {
    const recordWrite = sandbox.messages.get(c.req.param("id"))?.recordWrite;
    if (!recordWrite) return c.json({ error: "No such message, or nothing to approve." }, 404);
    recordWrite.approvedAtMs ??= sandbox.clock.nowMs();
    return c.body(null, 204);
  });
  app.post("/messages/:id/age", async (c) => {
    const input = await parseBody(c, ageInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    const message = sandbox.messages.get(c.req.param("id"));
    if (!message) return c.json({ error: "No such message." }, 404);
    makeOlder(message, input.data.advanceMs);
    return c.body(null, 204);
  });
  app.post("/messages/:id/reply", async (c) => {
    const input = await parseBody(c, replyInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    const message = sandbox.messages.get(c.req.param("id"));
    if (!message) return c.json({ error: "No such message." }, 404);
    const { id: messageId, practiceGroupId, patientId } = message;
    const reply = { practiceGroupId, patientId, messageId, details: input.data.text };
    return c.json({ id: addTask(sandbox, { ...reply, label: "Reply", category: "message" }).id });
  });
  app.post("/batches/:id/age", async (c) => {
    const input = await parseBody(c, ageInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    const batch = sandbox.batches.get(c.req.param("id"));
    if (!batch) return c.json({ error: "No such batch." }, 404);
    makeBatchOlder(sandbox, batch, input.data.advanceMs);
    return c.body(null, 204);
  });
}

/** What Hero's other users do to slots and appointments, and when it shows. */
function appointmentRoutes(app: Hono<{ Bindings: HttpBindings }>, sandbox: SandboxState): void {
  app.get("/appointments", (c) => c.json(appointmentViews(sandbox)));

  app.post("/slots/:id/take", async (c) => {
    const input = await parseBody(c, slotInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    const practice = sandbox.findPractice(input.data.practiceGroupId);
    const slot = practice && findSlot(sandbox, practice, c.req.param("id"));
    if (!slot) return c.json({ error: "There is no such free slot." }, 404);
    const durationMinutes = (slot.finishAtMs - slot.startAtMs) / 60_000;
    takeByStaff(sandbox, { ...slot, ...input.data, durationMinutes });
    return c.body(null, 204);
  });

  const change = (
    name: string,
    apply: (appointment: AppointmentRecord, body: unknown) => string | undefined,
  ) =>
    app.post(`/appointments/:id/${name}`, async (c) => {
      const appointment = sandbox.appointments.get(c.req.param("id"));
      if (!appointment) return c.json({ error: "There is no such appointment." }, 404);
      const error = apply(appointment, await c.req.json().catch(() => undefined));
      return error === undefined ? c.body(null, 204) : c.json({ error }, 400);
    });

  change("take", (appointment) => {
    takeByStaff(sandbox, appointment);
    return undefined;
  });
  change("expire", (appointment) => {
    if (appointment.reservedUntilMs === null) return "It is not a reservation.";
    appointment.reservedUntilMs = sandbox.clock.nowMs();
    return undefined;
  });
  change("delay", (appointment, body) => {
    const input = delayInput.safeParse(body);
    if (!input.success) return z.prettifyError(input.error);
    delayChanges(sandbox, appointment, input.data.reads);
    return undefined;
  });
}

async function parseBody<T>(c: Context, schema: z.ZodType<T>): Promise<z.ZodSafeParseResult<T>> {
  const body: unknown = await c.req.json().catch(() => undefined);
  return schema.safeParse(body);
}
