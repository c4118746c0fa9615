import { dialectParts } from "../api/dialect";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { listGeneratedPatients } from "../state/generated-patients";
import { delayChanges, takeByStaff } from "../state/appointments";
import type { AppointmentRecord } from "../state/model";
import type { SandboxState } from "../state/sandbox-state";
import { findSlot } from "../state/slots";
import { faultInput } from "../state/faults";
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

/** One comment line or nothing, so that the changed script still works. */
const scriptInput = z.strictObject({ suffix: z.string().regex(/^(\/\/.*)?$/) });

const slotInput = z.strictObject({ practiceGroupId: z.string() });
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
  app.get("/links", (c) => c.json(linkViews(sandbox)));
  app.get("/messages", (c) => c.json(messageViews(sandbox)));

  appointmentRoutes(app, sandbox);

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
    c.json(sandbox.journal.list(c.req.query("operation"), c.req.query("key"))),
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
