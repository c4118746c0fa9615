import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { listCrowd } from "../state/crowd";
import { linkUrl } from "../state/links";
import { messageStatus } from "../state/messages";
import type { World } from "../state/world";
import { faultInput } from "./faults";

const clockInput = z.union([
  z.strictObject({ now: z.iso.datetime({ offset: true }) }),
  z.strictObject({ advanceMs: z.int() }),
]);

/** One line of comment, or nothing: the script must work whatever its bytes are. */
const scriptInput = z.strictObject({ suffix: z.string().regex(/^(\/\/.*)?$/) });

/** Beyond these the calendar's four-digit years, and in the end dates themselves, give out. */
const clockBounds = { fromMs: Date.parse("2000-01-01"), untilMs: Date.parse("2100-01-01") };

/** What tests and people steer the sandbox with. Nothing here exists in Hero. */
export function controlRoutes(world: World): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.get("/practices", (c) => c.json(practiceViews(world)));
  app.get("/patients", (c) => c.json(patientViews(world)));
  app.get("/crowd", (c) => c.json(listCrowd(Number(c.req.query("count") ?? 100))));
  app.get("/links", (c) => c.json(linkViews(world)));
  app.get("/messages", (c) => c.json(messageViews(world)));

  app.post("/element-script", async (c) => {
    const input = await inputOf(c, scriptInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    world.scriptSuffix = input.data.suffix;
    return c.body(null, 204);
  });

  app.post("/faults", async (c) => {
    const input = await inputOf(c, faultInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    return c.json({ id: world.faults.add(input.data).id });
  });
  app.get("/faults", (c) => c.json(world.faults.list()));
  app.delete("/faults", (c) => {
    world.faults.clear();
    return c.body(null, 204);
  });

  app.get("/requests", (c) =>
    c.json(world.journal.list(c.req.query("operation"), c.req.query("key"))),
  );
  app.delete("/requests", (c) => {
    world.journal.clear();
    return c.body(null, 204);
  });

  app.get("/clock", (c) => c.json({ now: world.clock.nowIso() }));
  app.post("/clock", async (c) => {
    const input = await inputOf(c, clockInput);
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);
    const momentMs =
      "now" in input.data ? Date.parse(input.data.now) : world.clock.nowMs() + input.data.advanceMs;
    if (!(momentMs >= clockBounds.fromMs && momentMs < clockBounds.untilMs)) {
      return c.json({ error: "The clock goes from the year 2000 to 2099." }, 400);
    }
    world.clock.setMs(momentMs);
    return c.json({ now: world.clock.nowIso() });
  });

  app.post("/reset", (c) => {
    world.reset();
    return c.json({ now: world.clock.nowIso() });
  });
  return app;
}

async function inputOf<T>(c: Context, schema: z.ZodType<T>): Promise<z.ZodSafeParseResult<T>> {
  const body: unknown = await c.req.json().catch(() => undefined);
  return schema.safeParse(body);
}

export function practiceViews(world: World) {
  return world.practices.map((practice) => ({
    practiceGroupId: practice.groupId,
    name: practice.name,
    system: practice.system,
    network: practice.network,
    keys: [...world.keys.values()]
      .filter((key) => key.groupId === practice.groupId)
      .map(({ partner, key, scopes }) => ({ partner, key, scopes })),
  }));
}

/** The test patients: first the registered ones, then those only the Spine stand-in knows. */
export function patientViews(world: World) {
  const registered = [...world.patients.values()].map((patient) => ({
    practiceGroupId: patient.groupId,
    patientId: patient.id,
    person: patient.person,
    isArchived: patient.isArchived,
  }));
  const known = new Set(registered.map((one) => one.person));
  const others = world.people
    .filter((person) => !known.has(person))
    .map((person) => ({ practiceGroupId: null, patientId: null, person, isArchived: false }));
  return [...registered, ...others].map(({ person, ...rest }) => ({
    ...rest,
    firstName: person.firstName,
    lastName: person.lastName,
    nhsNumber: person.nhsNumber,
    dateOfBirth: person.bornOn,
    postcode: person.postcode,
    email: person.email,
    isRestricted: person.isRestricted,
    isDeceased: person.deceasedOn !== null,
    needsLogin: person.needsLogin,
  }));
}

function linkViews(world: World) {
  return [...world.links.values()].map((link) => ({
    id: link.id,
    kind: link.kind,
    code: link.code,
    url: linkUrl(world, link),
    practiceGroupId: link.groupId,
    appointmentTypeId: link.typeId,
    locationId: link.locationId,
    practitionerId: link.practitionerId,
    formId: link.formId,
    patientId: link.patientId,
    fromDate: link.fromOn,
    toDate: link.toOn,
    expiryDate: link.expiresOn,
    maximumUses: link.maximumUses,
    uses: link.uses,
    opens: link.opens,
    isLocked: link.isLocked,
  }));
}

/** In the order in which they were sent; those by API and those by the element alike. */
function messageViews(world: World) {
  return [...world.messages.values()].map((message) => ({
    id: message.id,
    practiceGroupId: message.groupId,
    patientId: message.patientId,
    channel: message.channel,
    text: message.text,
    submittedBy: message.submittedBy,
    adminId: message.adminId,
    status: messageStatus(message, world.clock.nowMs()),
    via: message.via,
  }));
}
