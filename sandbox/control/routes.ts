import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { listGeneratedPatients } from "../state/generated-patients";
import { linkUrl } from "../state/links";
import { messageStatus } from "../state/messages";
import type { SandboxState } from "../state/sandbox-state";
import { faultInput } from "../state/faults";

const clockInput = z.union([
  z.strictObject({ now: z.iso.datetime({ offset: true }) }),
  z.strictObject({ advanceMs: z.int() }),
]);

/** One line of comment, or nothing: the script must work whatever its bytes are. */
const scriptInput = z.strictObject({ suffix: z.string().regex(/^(\/\/.*)?$/) });

/** Beyond these the calendar's four-digit years, and in the end dates themselves, give out. */
const clockBounds = { fromMs: Date.parse("2000-01-01"), untilMs: Date.parse("2100-01-01") };

/** What tests and people steer the sandbox with. Nothing here exists in Hero. */
export function controlRoutes(sandbox: SandboxState): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.get("/practices", (c) => c.json(practiceViews(sandbox)));
  app.get("/patients", (c) => c.json(patientViews(sandbox)));
  app.get("/crowd", (c) => c.json(listGeneratedPatients(Number(c.req.query("count") ?? 100))));
  app.get("/links", (c) => c.json(linkViews(sandbox)));
  app.get("/messages", (c) => c.json(messageViews(sandbox)));

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
      return c.json({ error: "The clock goes from the year 2000 to 2099." }, 400);
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

async function parseBody<T>(c: Context, schema: z.ZodType<T>): Promise<z.ZodSafeParseResult<T>> {
  const body: unknown = await c.req.json().catch(() => undefined);
  return schema.safeParse(body);
}

export function practiceViews(sandbox: SandboxState) {
  return sandbox.practices.map((practice) => ({
    practiceGroupId: practice.practiceGroupId,
    name: practice.name,
    system: practice.system,
    network: practice.network,
    keys: [...sandbox.keys.values()]
      .filter((key) => key.practiceGroupId === practice.practiceGroupId)
      .map(({ partner, key, scopes }) => ({ partner, key, scopes })),
  }));
}

/** The test patients: first the registered ones, then those only the Spine stand-in knows. */
export function patientViews(sandbox: SandboxState) {
  const registered = [...sandbox.patients.values()].map((patient) => ({
    practiceGroupId: patient.practiceGroupId,
    patientId: patient.id,
    person: patient.person,
    isArchived: patient.isArchived,
  }));
  const registeredPeople = new Set(registered.map((patient) => patient.person));
  const unregistered = sandbox.people
    .filter((person) => !registeredPeople.has(person))
    .map((person) => ({ practiceGroupId: null, patientId: null, person, isArchived: false }));
  return [...registered, ...unregistered].map(({ person, ...rest }) => ({
    ...rest,
    firstName: person.firstName,
    lastName: person.lastName,
    nhsNumber: person.nhsNumber,
    dateOfBirth: person.dateOfBirth,
    postcode: person.postcode,
    email: person.email,
    isRestricted: person.isRestricted,
    isDeceased: person.deceasedOn !== null,
    needsLogin: person.needsLogin,
  }));
}

function linkViews(sandbox: SandboxState) {
  return [...sandbox.links.values()].map((link) => ({
    id: link.id,
    kind: link.kind,
    code: link.code,
    url: linkUrl(sandbox, link),
    practiceGroupId: link.practiceGroupId,
    appointmentTypeId: link.appointmentTypeId,
    locationId: link.locationId,
    practitionerId: link.practitionerId,
    formId: link.formId,
    patientId: link.patientId,
    fromDate: link.slotsFrom,
    toDate: link.slotsTo,
    expiryDate: link.expiresOn,
    maxUses: link.maxUses,
    uses: link.uses,
    opens: link.opens,
    isLocked: link.isLocked,
  }));
}

/** In the order in which they were sent; those by API and those by the element alike. */
function messageViews(sandbox: SandboxState) {
  return [...sandbox.messages.values()].map((message) => ({
    id: message.id,
    practiceGroupId: message.practiceGroupId,
    patientId: message.patientId,
    channel: message.channel,
    text: message.text,
    submittedBy: message.submittedBy,
    adminId: message.adminId,
    status: messageStatus(message, sandbox.clock.nowMs()),
    via: message.via,
  }));
}
