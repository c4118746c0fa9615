import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { Agent, request } from "undici";
import { z } from "zod";
import { chromiumArguments, findChromium } from "../scripts/chromium";
import { readDemo } from "../scripts/demo-file";
import { findFreePort } from "../scripts/ports";
import { startProgram } from "../scripts/processes";
import { launchPortal } from "../scripts/test/portal";
import { addDays, ukDateOf } from "../server/schemas/dates";

/**
 * What the portal adds to Hero's own time on the screens that read from Hero each time: the patient page and
 * the week of free slots. The portal's procedures over HTTP on the production build, against a bare
 * `node:http` process that makes the same calls to the same sandbox (`bench/hero-calls-server.ts`).
 *
 * Method: one connection each, 50 requests to warm up, then 1,000 in which portal and bare process alternate.
 * The portal must make as many calls to the sandbox as the bare process does.
 *
 * Run `npm run bench:patients` on a built checkout.
 */

const rounds = 1_000;
const warmUp = 50;
const aimMs = 8;

const percentile = (values: number[], fraction: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * fraction)] ?? Number.NaN;
const formatMs = (value: number) => `${value.toFixed(1)} ms`;

const practiceList = z.array(
  z.object({
    practiceGroupId: z.string(),
    keys: z.array(z.object({ partner: z.string(), key: z.string() })),
  }),
);
const patientList = z.array(
  z.object({
    practiceGroupId: z.string().nullable(),
    patientId: z.string().nullable(),
    isArchived: z.boolean(),
    isRestricted: z.boolean(),
    isDeceased: z.boolean(),
  }),
);
const optionsReply = z.object({
  result: z.object({ data: z.array(z.object({ id: z.string(), practiceGroupId: z.string() })) }),
});
const bookingOptionsReply = z.object({
  result: z.object({
    data: z.object({
      appointmentTypes: z.array(z.object({ id: z.string(), slotCount: z.number() })),
    }),
  }),
});

/** The cookie of the demo's owner, from the sign-in form. */
async function signIn(portal: string, person: { email: string; password: string }) {
  const browser = await chromium.launch({
    executablePath: findChromium() ?? "",
    args: chromiumArguments,
  });
  const page = await browser.newPage({ baseURL: portal });
  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  const cookies = await page.context().cookies(portal);
  await browser.close();
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
}

const folder = mkdtempSync(join(tmpdir(), "portal-bench-"));
const launched = await launchPortal(folder, {
  EMBEDDED_DATABASE_FSYNC: "on",
  HERO_RATE_PER_SECOND: "100000",
  HERO_CONCURRENCY: "1000",
});
const agents = {
  portal: new Agent({ connections: 1, keepAliveTimeout: 60_000 }),
  bare: new Agent({ connections: 1, keepAliveTimeout: 60_000 }),
};
let stopBare = async () => {};

type Call = { url: string; headers?: Record<string, string>; body?: string };

async function send(side: keyof typeof agents, { url, headers, body }: Call) {
  const startedAt = performance.now();
  const reply = await request(url, {
    dispatcher: agents[side],
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json", ...headers },
    body: body ?? null,
  });
  const json: unknown = await reply.body.json();
  if (reply.statusCode !== 200) throw new Error(`${url} returned ${reply.statusCode}.`);
  return { json, tookMs: performance.now() - startedAt };
}

try {
  const portal = await launched.ready;
  const { sandboxUrl, tenants } = readDemo(folder);
  const [tenant] = tenants;
  const owner = tenant?.users.find(({ role }) => role === "owner");
  if (!tenant || !owner) throw new Error("The demo has no organisation with an owner.");
  const headers = { cookie: await signIn(portal, owner) };
  const base = `${portal}/api/trpc/${tenant.slug}/sandbox`;
  const query = (name: string, input: unknown): Call => ({
    url: `${base}/${name}?input=${encodeURIComponent(JSON.stringify(input))}`,
    headers,
  });
  const mutation = (name: string, input: unknown): Call => ({
    url: `${base}/${name}`,
    headers: { ...headers, origin: portal },
    body: JSON.stringify(input),
  });
  const readSandbox = async (path: string) =>
    (await fetch(`${sandboxUrl}/_sandbox/${path}`)).json();
  const countCalls = async () => z.array(z.unknown()).parse(await readSandbox("requests")).length;

  const options = optionsReply.parse((await send("portal", query("practices.options", {}))).json);
  const [practice] = options.result.data;
  const heroKey = practiceList
    .parse(await readSandbox("practices"))
    .find((each) => each.practiceGroupId === practice?.practiceGroupId)
    ?.keys.find(({ partner }) => partner === "a")?.key;
  const patient = patientList
    .parse(await readSandbox("patients"))
    .find(
      (each) =>
        each.practiceGroupId === practice?.practiceGroupId &&
        !each.isArchived &&
        !each.isRestricted &&
        !each.isDeceased,
    );
  if (!practice || !heroKey || !patient?.patientId) throw new Error("The sandbox lacks a patient.");
  const practiceId = practice.id;
  const { patientId } = patient;
  const booking = bookingOptionsReply.parse(
    (await send("portal", query("practices.bookingOptions", { practiceId }))).json,
  );
  const [type] = booking.result.data.appointmentTypes.toSorted((a, b) => b.slotCount - a.slotCount);
  const firstDay = addDays(ukDateOf(new Date()), 1);
  const slotPage = (index: number) =>
    `/v1/slots?${new URLSearchParams({
      appointment_type_id: type?.id ?? "",
      start_date: firstDay,
      end_date: addDays(firstDay, 7),
      page_index: String(index),
      page_size: "100",
    }).toString()}`;

  const barePort = await findFreePort();
  const program = startProgram({
    name: "bare",
    args: ["--import", "tsx", "bench/hero-calls-server.ts"],
    env: {
      ...process.env,
      BENCH_PORT: String(barePort),
      BENCH_HERO_URL: sandboxUrl,
      BENCH_HERO_KEY: heroKey,
      BENCH_PRACTICE: practice.practiceGroupId,
    },
    logFile: join(folder, "logs/bare.log"),
    isLogForwarded: false,
    isRestarted: false,
    onGiveUp: (lines) => process.stderr.write(`${lines.join("\n")}\n`),
  });
  stopBare = () => program.stop();
  await program.ready;
  const bare = (paths: readonly string[]): Call => ({
    url: `http://127.0.0.1:${barePort}/?${new URLSearchParams(
      paths.map((path) => ["call", path]),
    ).toString()}`,
  });

  const slotsQuery = query("slots.list", { practiceId, appointmentTypeId: type?.id, firstDay });
  const callsBefore = await countCalls();
  await send("portal", slotsQuery);
  const slotPages = Array.from({ length: (await countCalls()) - callsBefore }, (_, index) =>
    slotPage(index),
  );
  const cases = [
    {
      name: "patient page",
      portal: mutation("patients.open", { practiceId, patientId }),
      paths: [`/v1/patients/${patientId}`],
    },
    { name: `slot week, ${slotPages.length} pages`, portal: slotsQuery, paths: slotPages },
  ];
  for (const { name, portal: portalCall, paths } of cases) {
    const bareCall = bare(paths);
    const times: Record<keyof typeof agents, number[]> = { portal: [], bare: [] };
    const calls = { portal: 0, bare: 0 };
    for (const side of ["portal", "bare"] as const) {
      const before = await countCalls();
      await send(side, side === "portal" ? portalCall : bareCall);
      calls[side] = (await countCalls()) - before;
    }
    if (calls.portal !== calls.bare) {
      throw new Error(
        `${name}: ${calls.portal} calls to Hero, and ${calls.bare} by the bare process.`,
      );
    }
    for (let round = -warmUp; round < rounds; round++) {
      for (const side of ["portal", "bare"] as const) {
        const { tookMs } = await send(side, side === "portal" ? portalCall : bareCall);
        if (round >= 0) times[side].push(tookMs);
      }
    }
    const added = percentile(times.portal, 0.5) - percentile(times.bare, 0.5);
    process.stdout.write(
      `${name}: p50 ${formatMs(percentile(times.portal, 0.5))}, bare ${formatMs(percentile(times.bare, 0.5))}: adds ${formatMs(added)} (aim ${aimMs}); p99 ${formatMs(percentile(times.portal, 0.99))}, bare ${formatMs(percentile(times.bare, 0.99))}\n`,
    );
  }
} finally {
  await stopBare();
  await launched.stop();
  await Promise.all(Object.values(agents).map((agent) => agent.close()));
  rmSync(folder, { recursive: true, force: true });
}
