import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, type IncomingHttpHeaders, request as openRequest } from "node:http";
import { connect } from "node:net";
import { z } from "zod";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { getRunningPortal } from "@/scripts/test/portal";

/** Calls the running portal as a browser without scripts, or with malformed requests. */
export const portal = getRunningPortal();
const { host, hostname, port, origin } = new URL(portal.url);

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** A local address that no other test uses, so that each has its own limits. */
export const newClientAddress = (): string =>
  `127.${[...randomBytes(3)].map((n) => n || 1).join(".")}`;

export type RequestOptions = {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  /** The local address to send from. */
  localAddress?: string | undefined;
};

export type HttpResponse = {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  durationMs: number;
};

/** Sends one request with exactly these headers and follows no redirect. */
export function send(
  path: string,
  { method, headers, body, localAddress }: RequestOptions = {},
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const outgoing = openRequest(
      {
        agent: localAddress ? undefined : agent,
        host: hostname === "localhost" ? "127.0.0.1" : hostname,
        port,
        path,
        method: method ?? "GET",
        headers: { host, ...headers },
        localAddress: localAddress,
        timeout: 15_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString("utf8"),
            durationMs: performance.now() - startedAt,
          }),
        );
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`No answer in time: ${path}`)));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Sends raw bytes and returns everything until the portal closes or stops responding. */
export function sendRaw(bytes: string, idleTimeoutMs = 1500): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(idleTimeoutMs, () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(received));
  });
}

const entities: Record<string, string> = {
  "&quot;": '"',
  "&amp;": "&",
  "&#x27;": "'",
  "&lt;": "<",
};
const decodeEntities = (text: string) =>
  text.replace(/&(?:quot|amp|#x27|lt);/g, (entity) => entities[entity] ?? entity);

const attributeOf = (tag: string, name: string) => {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : decodeEntities(value);
};

/** All fields of the first form that has the named one, including hidden ones. */
export function readForm(html: string, field: string): Record<string, string> {
  const form = html
    .match(/<form[\s\S]*?<\/form>/g)
    ?.find((candidate) => candidate.includes(` name="${field}"`));
  if (!form) throw new Error(`The page has no form with ${field}.`);
  const inputs = form.match(/<input[^>]*>/g) ?? [];
  return Object.fromEntries(
    inputs.map((tag) => [attributeOf(tag, "name") ?? "", attributeOf(tag, "value") ?? ""]),
  );
}

export function multipart(fields: Record<string, string>) {
  const boundary = `----form${randomUUID()}`;
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: `${parts.join("")}--${boundary}--\r\n`,
  };
}

/** A browser without scripts: stores cookies and fills in forms. */
export function openBrowser(localAddress = newClientAddress()) {
  const cookies = new Map<string, string>();

  async function visit(path: string, options: RequestOptions = {}): Promise<HttpResponse> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await send(path, {
      localAddress,
      ...options,
      headers: { ...(cookie && { cookie }), ...options.headers },
    });
    for (const line of response.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }

  /** As `go`, for payloads: without the query `_rsc`, Next redirects once to the same address with it. */
  async function visitPayload(path: string, options: RequestOptions = {}): Promise<HttpResponse> {
    const response = await visit(path, options);
    const { location = "" } = response.headers;
    return response.status === 307 && /[?&]_rsc\b/.test(location)
      ? visit(location, options)
      : response;
  }

  /** Opens a page and submits its form with all these fields. */
  async function submit(
    path: string,
    values: Record<string, string>,
    overrides: RequestOptions = {},
  ) {
    const page = await visit(path);
    const fields = readForm(page.text, Object.keys(values)[0] ?? "");
    const { headers, body } = multipart({ ...fields, ...values });
    return visit(path, {
      method: "POST",
      body,
      ...overrides,
      headers: { origin, ...headers, ...overrides.headers },
    });
  }

  /** Calls a procedure; `scope` is `account` or `{tenant}/{environment}`. */
  async function callProcedure(
    scope: string,
    procedure: string,
    kind: "query" | "mutation",
    input?: unknown,
  ) {
    const json = input === undefined ? undefined : JSON.stringify(input);
    const path = `/api/trpc/${scope}/${procedure}`;
    return kind === "query"
      ? visit(json ? `${path}?input=${encodeURIComponent(json)}` : path)
      : visit(path, {
          method: "POST",
          headers: { "content-type": "application/json", origin, "sec-fetch-site": "same-origin" },
          body: json ?? "",
        });
  }

  return {
    cookies,
    localAddress: localAddress,
    visit: visit,
    visitPayload: visitPayload,
    submit,
    callProcedure: callProcedure,
  };
}

export type HttpBrowser = ReturnType<typeof openBrowser>;

export const sessionCookie = "portal-session";
export const sessionTokenOf = (browser: HttpBrowser): string =>
  browser.cookies.get(sessionCookie) ?? "";

export const signIn = (
  browser: HttpBrowser,
  credentials: { email: string; password: string },
  next?: string,
) =>
  browser.submit(next === undefined ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`, {
    email: credentials.email,
    password: credentials.password,
  });

const inboxSchema = z.array(z.object({ text: z.string() }));

/** Waits for the newest email to an address, which the worker sends. */
async function waitForEmail(address: string): Promise<string> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const response = await fetch(
      `${portal.demo.sandboxUrl}/inbox.json?to=${encodeURIComponent(address)}`,
    );
    const [email] = inboxSchema.parse(await response.json());
    if (email) return email.text;
    if (Date.now() > deadline) throw new Error("The mail did not come.");
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** A signed-in person with a verified address. */
export async function signUpPerson(name = "Petra Person") {
  const browser = openBrowser();
  const email = `petra-${randomUUID()}@example.com`;
  const password = `pass-${randomUUID()}`;
  await browser.submit("/sign-up", { name, email, password });
  const [verificationUrl] = /http\S+\/verify-email\?\S+/.exec(await waitForEmail(email)) ?? [];
  const { pathname, search, searchParams } = new URL(verificationUrl ?? "");
  // The browser that signed up does not enter the password again.
  await browser.submit(pathname + search, { token: searchParams.get("token") ?? "" });
  if (!sessionTokenOf(browser)) throw new Error("The person is not signed in.");
  return { browser, name, email, password };
}

const sandboxPracticesSchema = z.array(
  z.object({
    practiceGroupId: z.string(),
    keys: z.array(z.object({ partner: z.string(), key: z.string() })),
  }),
);

async function getSandboxKey(practiceGroupId: string, partner: string): Promise<string> {
  const reply = await fetch(`${portal.demo.sandboxUrl}/_sandbox/practices`);
  const practice = sandboxPracticesSchema
    .parse(await reply.json())
    .find((candidate) => candidate.practiceGroupId === practiceGroupId);
  const key = practice?.keys.find((candidate) => candidate.partner === partner)?.key;
  if (!key) throw new Error("The sandbox has no such practice.");
  return key;
}

const parseData = <Output>(response: HttpResponse, schema: z.ZodType<Output>): Output =>
  z.object({ result: z.object({ data: schema }) }).parse(JSON.parse(response.text)).result.data;

const idSchema = z.looseObject({ id: z.string() });
const sandboxPatientsSchema = z.array(
  z.object({
    practiceGroupId: z.string().nullable(),
    patientId: z.string().nullable(),
    isArchived: z.boolean(),
    isDeceased: z.boolean(),
    isRestricted: z.boolean(),
  }),
);
const bookingOptionsSchema = z.object({
  appointmentTypes: z.array(idSchema),
  locations: z.array(idSchema),
});

const pickChoice = ({ appointmentTypes, locations }: z.infer<typeof bookingOptionsSchema>) => ({
  appointmentTypeId: appointmentTypes[0]?.id,
  locationId: locations[0]?.id,
});

/** Hero's ID of a patient for whom everything is allowed. */
async function findSandboxPatient(practiceGroupId: string): Promise<string> {
  const reply = await fetch(`${portal.demo.sandboxUrl}/_sandbox/patients`);
  const patient = sandboxPatientsSchema
    .parse(await reply.json())
    .find(
      ({ isArchived, isDeceased, isRestricted, ...candidate }) =>
        candidate.practiceGroupId === practiceGroupId &&
        candidate.patientId !== null &&
        !(isArchived || isDeceased || isRestricted),
    );
  if (!patient?.patientId) throw new Error("The sandbox has no such patient.");
  return patient.patientId;
}

const reservationSchema = z.object({
  appointment: idSchema.nullable(),
  nearest: z.object({ slots: z.array(idSchema) }).nullable(),
});

/** Holds the first free time. Tests beside this one may take it, then a later one is held. */
async function holdTime(
  browser: HttpBrowser,
  scope: string,
  { patientId, ...choice }: Record<string, unknown>,
): Promise<{ id: string }> {
  const next = parseData(
    await browser.callProcedure(scope, "slots.next", "query", choice),
    z.object({ slot: idSchema }),
  );
  const untried = [next.slot];
  for (let slot = untried.pop(); slot; slot = untried.pop()) {
    const { appointment, nearest } = parseData(
      await browser.callProcedure(scope, "appointments.reserve", "mutation", {
        ...choice,
        operationId: randomUUID(),
        patientId,
        slotId: slot.id,
      }),
      reservationSchema,
    );
    if (appointment) return appointment;
    untried.push(...(nearest?.slots ?? []));
  }
  throw new Error("No time could be held.");
}

/** A note for a patient that is to be stored in ten days. */
async function scheduleNote(
  browser: HttpBrowser,
  scope: string,
  recipient: { practiceId: string; patientId: string },
): Promise<{ id: string }> {
  const draft = { ...recipient, channel: "note", text: "Please ring us." };
  const { previewFingerprint, warnings } = parseData(
    await browser.callProcedure(scope, "messages.preview", "mutation", draft),
    z.object({
      previewFingerprint: z.string(),
      warnings: z.array(z.object({ code: z.string() })),
    }),
  );
  const message = await browser.callProcedure(scope, "messages.send", "mutation", {
    ...draft,
    operationId: randomUUID(),
    previewFingerprint,
    confirmed: warnings.map(({ code }) => code),
    sendAt: `${addDays(ukDateOf(new Date()), 10)}T12:00:00.000Z`,
  });
  return parseData(message, idSchema);
}

/** A batch to one recipient, who is not added: nothing is checked or sent. */
async function createNoteBatch(
  browser: HttpBrowser,
  scope: string,
  practiceId: string,
): Promise<{ id: string }> {
  const batch = await browser.callProcedure(scope, "messageBatches.create", "mutation", {
    operationId: randomUUID(),
    name: "Letters to come",
    practiceId,
    channel: "note",
    text: "Please ring us.",
    rowCount: 1,
  });
  return parseData(batch, idSchema);
}

/** An organisation with its owner, one practice, one link and one held time, created over HTTP. */
export async function createTenantOverHttp(partner: "a" | "b" | "c" = "c") {
  const owner = await signUpPerson("Olive Owner");
  const { browser } = owner;
  const slug = `t${randomBytes(6).toString("hex")}`;
  const name = `Look Alike Health ${slug.slice(-4)}`;
  await browser.callProcedure("account", "createOrganisation", "mutation", { name, slug });
  const scope = `${slug}/sandbox`;
  const apiKey = await getSandboxKey("30298", partner);
  const practice = parseData(
    await browser.callProcedure(scope, "practices.connect", "mutation", {
      apiKey,
      practiceGroupId: "30298",
    }),
    z.object({ id: z.string(), name: z.string(), credential: idSchema }),
  );
  const bookingOptions = parseData(
    await browser.callProcedure(scope, "practices.bookingOptions", "query", {
      practiceId: practice.id,
    }),
    bookingOptionsSchema,
  );
  const linkInput = (overrides: Record<string, unknown> = {}) => ({
    operationId: randomUUID(),
    practiceId: practice.id,
    ...pickChoice(bookingOptions),
    expiresOn: addDays(ukDateOf(new Date()), 7),
    maxUses: 3,
    ...overrides,
  });
  const link = parseData(
    await browser.callProcedure(scope, "links.create", "mutation", linkInput()),
    z.object({ id: z.string(), url: z.string() }),
  );
  const bulkUpload = parseData(
    await browser.callProcedure(scope, "bulkUploads.create", "mutation", {
      operationId: randomUUID(),
      name: "Letters",
      kind: "booking",
      rowCount: 1,
      columns: {},
    }),
    z.object({ id: z.string() }),
  );
  const placement = parseData(
    await browser.callProcedure(scope, "placements.create", "mutation", {
      element: "hh-message-builder",
      name: "Patient record",
      practiceIds: [practice.id],
      origins: [`https://${slug}.example.org`],
      theme: null,
      attributes: {},
    }),
    z.object({ id: z.string() }),
  );
  const { view: destination } = parseData(
    await browser.callProcedure(scope, "destinations.create", "mutation", {
      name: "Practice system",
      url: `http://127.0.0.1:9999/${slug}`,
      eventTypes: ["practice.key_refused"],
      practiceIds: [],
    }),
    z.object({ view: idSchema }),
  );
  const [event] = parseData(
    await browser.callProcedure(scope, "events.list", "query", {}),
    z.object({ items: z.array(idSchema) }),
  ).items;
  await browser.callProcedure(scope, "webhooks.subscribe", "mutation", {
    practices: [{ practiceId: practice.id, eventTypes: ["appointment.confirmed"] }],
  });
  const [endpoint] = parseData(
    await browser.callProcedure(scope, "webhooks.list", "query"),
    z.object({ practices: z.array(z.object({ endpoints: z.array(idSchema) })) }),
  ).practices.flatMap(({ endpoints }) => endpoints);
  if (!event || !endpoint) throw new Error("The tenant has no event or no webhook.");
  const patientId = await findSandboxPatient("30298");
  const choice = { practiceId: practice.id, ...pickChoice(bookingOptions) };
  const appointment = await holdTime(browser, scope, { ...choice, patientId });
  const message = await scheduleNote(browser, scope, { practiceId: practice.id, patientId });
  const messageBatch = await createNoteBatch(browser, scope, practice.id);
  return {
    owner,
    browser,
    slug,
    name,
    patientId,
    appointment,
    message,
    messageBatch,
    scope: scope,
    apiKey,
    practice,
    link,
    bulkUpload: bulkUpload,
    placement,
    destination,
    event,
    endpoint,
    linkInput,
  };
}

export type HttpTenant = Awaited<ReturnType<typeof createTenantOverHttp>>;

/** The texts that would reveal a tenant. */
const identifyingValues = ({
  slug,
  name,
  owner,
  practice,
  link,
  bulkUpload,
  placement,
  destination,
  event,
  endpoint,
  message,
  messageBatch,
  apiKey,
}: HttpTenant): string[] => [
  slug,
  name,
  owner.email,
  practice.id,
  practice.credential.id,
  link.id,
  link.url,
  bulkUpload.id,
  placement.id,
  destination.id,
  event.id,
  endpoint.id,
  message.id,
  messageBatch.id,
  apiKey,
];

/** The parts of React's payload, which a page carries in scripts that split it anywhere. */
const payloadPush = /self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)/g;

/**
 * The lines of a page without what differs between responses: its address, nonces, the session's end, and
 * the numbers and order of the payload's parts, which follow from what was ready first.
 */
export function normalizePage(page: string, ...addresses: string[]): string[] {
  const payload = [...page.matchAll(payloadPush)].map(([, text = '""']) =>
    String(JSON.parse(text)),
  );
  return addresses
    .flatMap((address) => [
      address,
      encodeURIComponent(address),
      JSON.stringify(address).slice(1, -1),
    ])
    .reduce(
      (normalized, address) => normalized.replaceAll(address, "…"),
      [page.replaceAll(payloadPush, ""), payload.join("")].join("</script>"),
    )
    .replaceAll(/nonce(=|":)"[^"]*"/g, "nonce")
    .replaceAll(/"digest":"\d+"/g, "digest")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "moment")
    .split(/\n|<\/script>/)
    .map((line) =>
      line.replace(/^[0-9a-f]+:/, "part:").replaceAll(/\$L?[0-9a-f]{1,3}(?=")/g, "$part"),
    )
    .filter((line) => line !== "<script nonce>")
    .sort();
}

const readBuildId = () => readFileSync(".next/BUILD_ID", "utf8").trim();

/** Action ids belong to one build; a portal started before it has others. */
export async function checkBuild(): Promise<void> {
  const { text } = await send("/sign-in");
  if (!text.includes(readBuildId()))
    throw new Error("The portal runs another build than the one in .next.");
}

const actionManifestSchema = z.object({
  node: z.record(z.string(), z.object({ filename: z.string(), exportedName: z.string() })),
});

/** The build's server actions, as in the `next-action` header. */
export const listActions = () =>
  Object.entries(
    actionManifestSchema.parse(
      JSON.parse(readFileSync(".next/server/server-reference-manifest.json", "utf8")),
    ).node,
  ).map(([id, { filename, exportedName }]) => ({ id, name: `${filename} ${exportedName}` }));

export const getActionId = (name: string): string => {
  const action = listActions().find((action) => action.name.endsWith(` ${name}`));
  if (!action) throw new Error(`The build has no action ${name}.`);
  return action.id;
};

export { host, origin };

/** Maps a list with limited concurrency, keeping the order. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  task: (item: Item, index: number) => Promise<Result>,
  concurrency = 8,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const runWorker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await task(items[index] as Item, index);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, runWorker));
  return results;
}

/** The tenant's texts in a response, except those from the requested address. */
export const findIdentifyingValues = (
  text: string,
  tenant: HttpTenant,
  requestText = "",
): string[] =>
  identifyingValues(tenant).filter((value) => !requestText.includes(value) && text.includes(value));
