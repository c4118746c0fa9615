import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import { z } from "zod";
import { dialectOf } from "../api/dialect";
import { cancelAppointment, sendAppointmentEvent } from "../state/appointments";
import { addFormResponse } from "../state/form-responses";
import { keySuffix, type SandboxState } from "../state/sandbox-state";
import { type SentWebhook, type WebhookScope, webhookScriptInput } from "../state/webhooks";

const scriptInput = z.strictObject({
  key: z.string(),
  /** Null sends deliveries normally again. */
  script: webhookScriptInput.nullable(),
});

/** Instead of the practice of the key, only when its network has several. */
const practiceField = z.string().optional();

const sendInput = z.strictObject({
  key: z.string(),
  practiceGroupId: practiceField,
  /** Any text: Hero may have event types that nobody knows. */
  event: z.string(),
  object: z.string(),
  ids: z.array(z.string()).min(1).max(10_000),
  /** How many to send, with the IDs in turn. By default one for each ID. */
  count: z.int().min(1).max(20_000).optional(),
  /** To the registrations for this event type, instead of those for `event`. */
  toEventType: z.string().optional(),
  /** Each delivery says that it was sent this much earlier than the one before it. */
  stepMs: z.int().min(0).max(60_000).default(0),
});

const registrationInput = z.strictObject({
  key: z.string(),
  practiceGroupId: practiceField,
  eventType: z.string(),
  url: z.url(),
  signingKey: z.string().nullable().default(null),
});

const formResponseInput = z.strictObject({
  practiceGroupId: z.string(),
  /** The link that it came through; by default one that no practice has. */
  linkId: z.string().regex(/^\d+$/).default("1"),
  /** With a patient, the form also becomes a task. */
  patientId: z.string().nullable().default(null),
  answers: z.string().nullable().default(null),
});

const moveInput = z.strictObject({ startTime: z.iso.datetime({ offset: true }) });

/** Deliveries on request, and how they go wrong. `sandbox/README.md` describes each route. */
export function webhookRoutes(
  app: Hono<{ Bindings: HttpBindings }>,
  sandbox: SandboxState,
  parseBody: <T>(c: Context, schema: z.ZodType<T>) => Promise<z.ZodSafeParseResult<T>>,
): void {
  const scopeOf = (key: string, practiceGroupId?: string): WebhookScope | null => {
    const known = sandbox.findApiKey(key);
    if (!known) return null;
    return {
      practiceGroupId: practiceGroupId ?? known.practiceGroupId,
      keySuffix: keySuffix(key),
    };
  };

  app.post("/webhook-script", async (c) => {
    const input = await parseBody(c, scriptInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    sandbox.webhooks.setScript(keySuffix(input.data.key), input.data.script);
    return c.body(null, 204);
  });

  app.get("/webhooks", (c) => {
    const scope = scopeOf(c.req.query("key") ?? "", c.req.query("practiceGroupId"));
    return c.json(scope ? sandbox.webhooks.list(scope) : []);
  });
  app.post("/webhooks", async (c) => {
    const input = await parseBody(c, registrationInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    const { key, practiceGroupId, ...fields } = input.data;
    const scope = scopeOf(key, practiceGroupId);
    if (!scope) return c.json({ error: "No such key." }, 404);
    return c.json(
      sandbox.webhooks.add({
        ...scope,
        ...fields,
        headers: null,
        hasSecondDialect: dialectOf(key).has("webhooks"),
      }),
    );
  });
  app.delete("/webhooks/:id", (c) => {
    const wasThere = sandbox.webhooks.records.delete(c.req.param("id"));
    return wasThere ? c.body(null, 204) : c.json({ error: "No such registration." }, 404);
  });

  app.post("/webhook-deliveries", async (c) => {
    const input = await parseBody(c, sendInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    const { key, event, object, ids, toEventType, stepMs } = input.data;
    const scope = scopeOf(key, input.data.practiceGroupId);
    if (!scope) return c.json({ error: "No such key." }, 404);
    const sending: Promise<SentWebhook[]>[] = [];
    for (let index = 0; index < (input.data.count ?? ids.length); index += 1) {
      const id = ids[index % ids.length] ?? "";
      const body = { object, id, practice_group_id: scope.practiceGroupId, event };
      sending.push(sandbox.webhooks.send(body, scope, { toEventType, ageMs: index * stepMs }));
    }
    const statuses: Record<string, number> = {};
    for (const sent of (await Promise.all(sending)).flat()) {
      const name = sent.isLost ? "lost" : String(sent.status ?? "no_answer");
      statuses[name] = (statuses[name] ?? 0) + 1;
    }
    return c.json({ statuses });
  });
  app.get("/webhook-deliveries", (c) => {
    const key = c.req.query("key");
    return c.json(sandbox.webhooks.listSent(key === undefined ? undefined : keySuffix(key)));
  });
  app.delete("/webhook-deliveries", (c) => {
    const key = c.req.query("key");
    sandbox.webhooks.clearSent(key === undefined ? undefined : keySuffix(key));
    return c.body(null, 204);
  });

  app.post("/form-responses", async (c) => {
    const input = await parseBody(c, formResponseInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    const { answers, ...response } = input.data;
    const formId = sandbox.links.get(response.linkId)?.formId ?? null;
    return c.json({ id: addFormResponse(sandbox, { ...response, formId }, answers) });
  });

  app.post("/appointments/:id/cancel", (c) => {
    const appointment = sandbox.appointments.get(c.req.param("id"));
    if (!appointment) return c.json({ error: "There is no such appointment." }, 404);
    cancelAppointment(sandbox, appointment);
    return c.body(null, 204);
  });
  app.post("/appointments/:id/move", async (c) => {
    const appointment = sandbox.appointments.get(c.req.param("id"));
    if (!appointment) return c.json({ error: "There is no such appointment." }, 404);
    const input = await parseBody(c, moveInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    appointment.startAtMs = Date.parse(input.data.startTime);
    sendAppointmentEvent(sandbox, appointment, "appointment.rescheduled");
    return c.body(null, 204);
  });
}
