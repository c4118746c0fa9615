import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, type IncomingHttpHeaders, request as openRequest } from "node:http";
import { connect } from "node:net";
import { z } from "zod";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { runningPortal } from "../setup/portal";

/** Speaks with the running portal as a browser without scripts does, or as somebody rude. */
export const portal = runningPortal();
const { host, hostname, port, origin } = new URL(portal.url);

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** An address of this machine that no other test sends from, so that each has limits of its own. */
export const newClientAddress = (): string =>
  `127.${[...randomBytes(3)].map((n) => n || 1).join(".")}`;

export type Sent = {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  /** The address of this machine to send from. */
  from?: string | undefined;
};

export type Received = {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  durationMs: number;
};

/** Sends one request, its headers exactly as given, and follows no redirect. */
export function send(path: string, { method, headers, body, from }: Sent = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const outgoing = openRequest(
      {
        agent: from ? undefined : agent,
        host: hostname === "localhost" ? "127.0.0.1" : hostname,
        port,
        path,
        method: method ?? "GET",
        headers: { host, ...headers },
        localAddress: from,
        timeout: 15_000,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
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

/** Sends bytes as they are and gives all that comes back until the portal closes or falls silent. */
export function sendRaw(bytes: string, silenceMs = 1500): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(silenceMs, () => socket.destroy());
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
const decode = (text: string) =>
  text.replace(/&(?:quot|amp|#x27|lt);/g, (one) => entities[one] ?? one);

const attribute = (tag: string, name: string) => {
  const found = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
  return found === undefined ? undefined : decode(found);
};

/** The fields of the first form of a page that has the named one, hidden ones included. */
export function readForm(html: string, field: string): Record<string, string> {
  const form = html
    .match(/<form[\s\S]*?<\/form>/g)
    ?.find((one) => one.includes(` name="${field}"`));
  if (!form) throw new Error(`The page has no form with ${field}.`);
  const inputs = form.match(/<input[^>]*>/g) ?? [];
  return Object.fromEntries(
    inputs.map((tag) => [attribute(tag, "name") ?? "", attribute(tag, "value") ?? ""]),
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

/** A browser without scripts: keeps cookies, fills in forms. */
export function openBrowser(from = newClientAddress()) {
  const cookies = new Map<string, string>();

  async function go(path: string, sent: Sent = {}): Promise<Received> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await send(path, {
      from,
      ...sent,
      headers: { ...(cookie && { cookie }), ...sent.headers },
    });
    for (const line of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  }

  /**
   * As `go`, for payloads: Next sends who leaves the query `_rsc` out once round to the same address
   * with it, and that answer is empty.
   */
  async function goOn(path: string, sent: Sent = {}): Promise<Received> {
    const answer = await go(path, sent);
    const { location = "" } = answer.headers;
    return answer.status === 307 && /[?&]_rsc\b/.test(location) ? go(location, sent) : answer;
  }

  /** Opens a page and sends the form on it that has all these fields. */
  async function submit(path: string, values: Record<string, string>, over: Sent = {}) {
    const page = await go(path);
    const fields = readForm(page.text, Object.keys(values)[0] ?? "");
    const { headers, body } = multipart({ ...fields, ...values });
    return go(path, {
      method: "POST",
      body,
      ...over,
      headers: { origin, ...headers, ...over.headers },
    });
  }

  /** Asks a procedure; `place` is `account` or `{tenant}/{environment}`. */
  async function ask(
    place: string,
    procedure: string,
    kind: "query" | "mutation",
    input?: unknown,
  ) {
    const json = input === undefined ? undefined : JSON.stringify(input);
    const path = `/api/trpc/${place}/${procedure}`;
    return kind === "query"
      ? go(json ? `${path}?input=${encodeURIComponent(json)}` : path)
      : go(path, {
          method: "POST",
          headers: { "content-type": "application/json", origin, "sec-fetch-site": "same-origin" },
          body: json ?? "",
        });
  }

  return { cookies, from, go, goOn, submit, ask };
}

export type Browser = ReturnType<typeof openBrowser>;

export const sessionCookie = "portal-session";
export const sessionOf = (browser: Browser): string => browser.cookies.get(sessionCookie) ?? "";

export const signIn = (browser: Browser, who: { email: string; password: string }, next?: string) =>
  browser.submit(next === undefined ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`, {
    email: who.email,
    password: who.password,
  });

const inbox = z.array(z.object({ text: z.string() }));

/** The newest mail to an address, waited for; the worker sends it. */
async function waitForMail(address: string): Promise<string> {
  const giveUpAt = Date.now() + 15_000;
  for (;;) {
    const reply = await fetch(
      `${portal.demo.sandboxUrl}/inbox.json?to=${encodeURIComponent(address)}`,
    );
    const [mail] = inbox.parse(await reply.json());
    if (mail) return mail.text;
    if (Date.now() > giveUpAt) throw new Error("The mail did not come.");
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** A person who signed up, verified the address and is signed in. */
export async function makePerson(name = "Petra Person") {
  const browser = openBrowser();
  const email = `petra-${randomUUID()}@example.com`;
  const password = `pass-${randomUUID()}`;
  await browser.submit("/sign-up", { name, email, password });
  const [address] = /http\S+\/verify-email\?\S+/.exec(await waitForMail(email)) ?? [];
  const { pathname, search } = new URL(address ?? "");
  await browser.submit(pathname + search, { password });
  if (!sessionOf(browser)) throw new Error("The person is not signed in.");
  return { browser, name, email, password };
}

const sandboxPractices = z.array(
  z.object({
    practiceGroupId: z.string(),
    keys: z.array(z.object({ partner: z.string(), key: z.string() })),
  }),
);

async function findKey(practiceGroupId: string, partner: string): Promise<string> {
  const reply = await fetch(`${portal.demo.sandboxUrl}/_sandbox/practices`);
  const practice = sandboxPractices
    .parse(await reply.json())
    .find((one) => one.practiceGroupId === practiceGroupId);
  const key = practice?.keys.find((one) => one.partner === partner)?.key;
  if (!key) throw new Error("The sandbox has no such practice.");
  return key;
}

const data = <Output>(answer: Received, shape: z.ZodType<Output>): Output =>
  z.object({ result: z.object({ data: shape }) }).parse(JSON.parse(answer.text)).result.data;

const withId = z.looseObject({ id: z.string() });
const options = z.object({ appointmentTypes: z.array(withId), locations: z.array(withId) });

/** An organisation with its owner, one practice of the sandbox and one link, made over HTTP. */
export async function makeTenant(partner: "a" | "b" | "c" = "c") {
  const owner = await makePerson("Olive Owner");
  const { browser } = owner;
  const slug = `t${randomBytes(6).toString("hex")}`;
  const name = `Look Alike Health ${slug.slice(-4)}`;
  await browser.ask("account", "createOrganisation", "mutation", { name, slug });
  const place = `${slug}/sandbox`;
  const apiKey = await findKey("30298", partner);
  const practice = data(
    await browser.ask(place, "practices.connect", "mutation", { apiKey, practiceGroupId: "30298" }),
    z.object({ id: z.string(), name: z.string(), credential: withId }),
  );
  const choice = data(
    await browser.ask(place, "practices.bookingOptions", "query", { practiceId: practice.id }),
    options,
  );
  const linkInput = (over: Record<string, unknown> = {}) => ({
    operationId: randomUUID(),
    practiceId: practice.id,
    appointmentTypeId: choice.appointmentTypes[0]?.id,
    locationId: choice.locations[0]?.id,
    expiresOn: addDays(ukDateOf(new Date()), 7),
    maximumUses: 3,
    ...over,
  });
  const link = data(
    await browser.ask(place, "links.create", "mutation", linkInput()),
    z.object({ id: z.string(), url: z.string() }),
  );
  const bulk = data(
    await browser.ask(place, "bulk.create", "mutation", {
      operationId: randomUUID(),
      name: "Letters",
      kind: "booking",
      rowCount: 1,
      columns: {},
    }),
    z.object({ id: z.string() }),
  );
  const placement = data(
    await browser.ask(place, "placements.create", "mutation", {
      element: "hh-message-builder",
      name: "Patient record",
      practiceIds: [practice.id],
      origins: [`https://${slug}.example.org`],
      theme: null,
      attributes: {},
    }),
    z.object({ id: z.string() }),
  );
  return { owner, browser, slug, name, place, apiKey, practice, link, bulk, placement, linkInput };
}

export type HttpTenant = Awaited<ReturnType<typeof makeTenant>>;

/** What would give a tenant away. */
export const marksOf = ({
  slug,
  name,
  owner,
  practice,
  link,
  bulk,
  placement,
  apiKey,
}: HttpTenant): string[] => [
  slug,
  name,
  owner.email,
  practice.id,
  practice.credential.id,
  link.id,
  link.url,
  bulk.id,
  placement.id,
  apiKey,
];

/**
 * The lines of a page without what differs from one answer to the next: the address itself, nonces,
 * references, the moment a session ends, and the order in which the parts of the payload came.
 */
export const settle = (text: string, ...addresses: string[]): string[] =>
  addresses
    .flatMap((address) => [
      address,
      encodeURIComponent(address),
      JSON.stringify(address).slice(1, -1),
    ])
    .reduce((settled, address) => settled.replaceAll(address, "…"), text)
    .replaceAll(/nonce(=|":|\\":)\\?"[^"\\]*\\?"/g, "nonce")
    .replaceAll(/\\?"digest\\?":\\?"\d+\\?"/g, "digest")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "moment")
    .split(/\\n|<\/script>/)
    .sort();

const builtId = () => readFileSync(".next/BUILD_ID", "utf8").trim();

/** Ids of actions are those of one build: a portal that was started before it does not know them. */
export async function checkBuild(): Promise<void> {
  const { text } = await send("/sign-in");
  if (!text.includes(builtId()))
    throw new Error("The portal runs another build than the one in .next.");
}

const actions = z.object({
  node: z.record(z.string(), z.object({ filename: z.string(), exportedName: z.string() })),
});

/** The server actions of the build: what a caller may name in `next-action`. */
export const listActions = () =>
  Object.entries(
    actions.parse(JSON.parse(readFileSync(".next/server/server-reference-manifest.json", "utf8")))
      .node,
  ).map(([id, { filename, exportedName }]) => ({ id, name: `${filename} ${exportedName}` }));

export const findAction = (name: string): string => {
  const found = listActions().find((one) => one.name.endsWith(` ${name}`));
  if (!found) throw new Error(`The build has no action ${name}.`);
  return found.id;
};

export { host, origin };

/** Works through a list, some at a time, and gives the results in its order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
  atOnce = 8,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const take = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as Item, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, take));
  return results;
}

/** The marks of a tenant that stand in an answer, but for what the caller wrote in the address itself. */
export const marksIn = (text: string, tenant: HttpTenant, typed = ""): string[] =>
  marksOf(tenant).filter((mark) => !typed.includes(mark) && text.includes(mark));
