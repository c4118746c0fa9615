import { createHash } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ForbiddenError, NotFoundError } from "@/server/errors";
import { fetchElementScript } from "@/server/hero/element-script";
import { handlers } from "@/server/jobs/handlers";
import { listActivity } from "@/server/services/activity";
import { acknowledgeScript } from "@/server/services/element-scripts/acknowledge";
import { listMonitoredScripts } from "@/server/services/element-scripts/read";
import { checkScripts } from "@/server/services/element-scripts/monitor";
import { scriptUrl } from "@/server/services/elements/script-url";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser, sandboxUrl } from "../setup/database";
import { createTenantPair, type TestTenant } from "../support/tenants";

const sql = connectAsSuperuser();
const url = `${sandboxUrl}/message-builder/web-component/latest.js`;

let ownCtx: TenantContext;
let otherCtx: TenantContext;
let ownTenant: TestTenant;

const callSandbox = async (path: string, body: unknown) => {
  const reply = await fetch(`${sandboxUrl}/_sandbox/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  expect(reply.ok).toBe(true);
};
const changeScript = (suffix: string) => callSandbox("element-script", { suffix });

async function getScript(ctx: TenantContext) {
  const [script, ...others] = await listMonitoredScripts(ctx);
  expect(others).toEqual([]);
  if (!script) throw new Error("No script is watched.");
  return script;
}
const needsReview = async () => [
  (await getScript(ownCtx)).needsReview,
  (await getScript(otherCtx)).needsReview,
];
const currentHash = async () => (await getScript(ownCtx)).versions[0]?.sha256 ?? "";

beforeAll(async () => {
  const tenants = await createTenantPair();
  ownTenant = tenants.first;
  ownCtx = await tenants.first.asOwner();
  otherCtx = await tenants.second.asOwner();
});

beforeEach(async () => {
  await changeScript("");
  await sql`truncate element_scripts, element_script_versions, element_script_acknowledgements`;
});
afterAll(() => changeScript(""));

describe("the script monitor", () => {
  it("before the first check the monitor says that it has seen nothing", async () => {
    expect(await getScript(ownCtx)).toEqual({
      tag: "hh-message-builder",
      url,
      lastSuccessAt: null,
      lastFailure: null,
      needsReview: false,
      versions: [],
    });
  });

  it("the first version needs no review", async () => {
    await checkScripts();
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(await getScript(ownCtx)).toMatchObject({
      lastSuccessAt: expect.any(String),
      lastFailure: null,
      needsReview: false,
      versions: [{ sha256, size: bytes.length, acknowledgedBy: null, acknowledgedAt: null }],
    });
  });

  it("an address is checked once for all environments, and an unchanged script is not a change", async () => {
    expect(scriptUrl("production", "hh-message-builder")).toBe(url);
    const count = async () => {
      const reply = await fetch(`${sandboxUrl}/_sandbox/requests?operation=element.script`);
      return ((await reply.json()) as unknown[]).length;
    };
    const before = await count();
    await checkScripts();
    expect(await count()).toBe(before + 1);
    const first = await getScript(ownCtx);
    await checkScripts();
    const repeated = await getScript(ownCtx);
    expect(repeated.versions).toEqual(first.versions);
    expect(Date.parse(repeated.lastSuccessAt ?? "")).toBeGreaterThan(
      Date.parse(first.lastSuccessAt ?? ""),
    );
  });

  it("checking is a daily job", async () => {
    await handlers["check-scripts"]({}, "job", new AbortController().signal);
    expect((await getScript(ownCtx)).versions).toHaveLength(1);
  });

  it("a failed check keeps the last version, and says why until one succeeds", async () => {
    await checkScripts();
    const { versions, lastSuccessAt } = await getScript(ownCtx);
    await callSandbox("faults", { operation: "element.script", status: 503 });
    await checkScripts();
    expect(await getScript(ownCtx)).toMatchObject({
      versions,
      lastSuccessAt: lastSuccessAt,
      lastFailure: "Hero's script host returned an error.",
      needsReview: false,
    });
    await checkScripts();
    expect((await getScript(ownCtx)).lastFailure).toBeNull();
  });

  it("a rejected check mentions no keys, since it uses none", async () => {
    await callSandbox("faults", { operation: "element.script", status: 403 });
    await checkScripts();
    expect((await getScript(ownCtx)).lastFailure).toBe("Hero's script host refused the request.");
  });

  it("a failure before the first version is recorded", async () => {
    await callSandbox("faults", { operation: "element.script", status: 404 });
    await checkScripts();
    expect(await getScript(ownCtx)).toMatchObject({
      lastSuccessAt: null,
      lastFailure: "There is no script at this address.",
      needsReview: false,
      versions: [],
    });
  });

  it("twenty versions are listed, and the first is marked even when it is not among them", async () => {
    await checkScripts();
    const first = await currentHash();
    await sql`update element_script_versions
      set first_seen_at = now() - interval '1 day', last_seen_at = now() - interval '1 day'`;
    await sql`insert into element_script_versions (url, sha256, size, first_seen_at, last_seen_at)
      select ${url}, lpad(n::text, 64, '0'), n, seen_at, seen_at
      from generate_series(1, 25) n, lateral (select now() - (30 - n) * interval '1 minute' seen_at) t`;
    const script = await getScript(ownCtx);
    expect(script.versions).toHaveLength(20);
    expect(script.versions[0]).toMatchObject({ size: 25 });
    expect(script.needsReview).toBe(true);
    expect(script.versions.map(({ sha256 }) => sha256)).not.toContain(first);
    await checkScripts();
    expect((await getScript(ownCtx)).needsReview).toBe(false);
  });
});

describe("a changed script", () => {
  beforeEach(async () => {
    await checkScripts();
    await changeScript("// changed");
    await checkScripts();
  });

  it("a changed script needs a review by every organisation", async () => {
    expect(await needsReview()).toEqual([true, true]);
    const { versions } = await getScript(ownCtx);
    expect(versions).toHaveLength(2);
    expect((versions[0]?.size ?? 0) - (versions[1]?.size ?? 0)).toBe("// changed\n".length);
  });

  it("one organisation's review does not count for the others", async () => {
    const sha256 = await currentHash();
    await acknowledgeScript(ownCtx, { url, sha256 });
    expect(await needsReview()).toEqual([false, true]);
    expect((await getScript(ownCtx)).versions[0]).toMatchObject({
      acknowledgedBy: "Olive Owner",
      acknowledgedAt: expect.any(String),
    });
    expect((await getScript(otherCtx)).versions[0]).toMatchObject({
      acknowledgedBy: null,
      acknowledgedAt: null,
    });
  });

  it("reviewing twice leaves one audit row, with the first reviewer", async () => {
    await changeScript("// looked at twice");
    await checkScripts();
    const sha256 = await currentHash();
    await acknowledgeScript(ownCtx, { url, sha256 });
    await acknowledgeScript(await ownTenant.asRole("developer"), { url, sha256 });
    expect((await getScript(ownCtx)).versions[0]?.acknowledgedBy).toBe("Olive Owner");
    const rows = await sql`select action, subject_label, details from audit_events
      where tenant_id = ${ownCtx.tenantId} and details ->> 'sha256' = ${sha256}`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      {
        action: "script.acknowledged",
        subject_label: "Message Builder",
        details: { sha256, size: expect.any(Number) },
      },
    ]);
    expect((await listActivity(ownCtx, {})).items[0]).toMatchObject({
      actor: "Olive Owner",
      action: "Reviewed a changed Hero script",
      subject: { type: "script", label: "Message Builder" },
    });
  });

  it("a script changed back to a reviewed version needs no review", async () => {
    await acknowledgeScript(ownCtx, { url, sha256: await currentHash() });
    await changeScript("");
    await checkScripts();
    expect(await needsReview()).toEqual([false, false]);
    await changeScript("// changed");
    await checkScripts();
    expect(await needsReview()).toEqual([false, true]);
    expect((await getScript(ownCtx)).versions).toHaveLength(2);
    await changeScript("// changed again");
    await checkScripts();
    expect(await needsReview()).toEqual([true, true]);
  });

  it("a changed script still needs a review while checks fail", async () => {
    await callSandbox("faults", { operation: "element.script", reset: true });
    await checkScripts();
    expect(await getScript(ownCtx)).toMatchObject({
      needsReview: true,
      lastFailure: "The connection to Hero's script host was lost.",
    });
  });
});

describe("reviewing a version", () => {
  it("a version that never existed, or is of another address, cannot be reviewed", async () => {
    await checkScripts();
    const sha256 = await currentHash();
    const otherUrl = "https://scripts.example.org/message-builder/web-component/latest.js";
    await sql`insert into element_scripts values (${otherUrl}, now(), null)`;
    await sql`insert into element_script_versions values (${otherUrl}, ${sha256}, 1, now(), now())`;
    for (const input of [
      { url, sha256: "0a".repeat(32) },
      { url: otherUrl, sha256 },
    ]) {
      await expect(acknowledgeScript(ownCtx, input)).rejects.toThrow(NotFoundError);
    }
    expect(await sql`select 1 from element_script_acknowledgements`).toHaveLength(0);
  });

  it("only people who manage elements can review; all members see the list", async () => {
    await checkScripts();
    const input = { url, sha256: await currentHash() };
    for (const role of ["operator", "viewer", "auditor"] as const) {
      const ctx = await ownTenant.asRole(role);
      expect(await listMonitoredScripts(ctx)).toHaveLength(1);
      await expect(acknowledgeScript(ctx, input)).rejects.toThrow(ForbiddenError);
    }
    expect(await sql`select 1 from element_script_acknowledgements`).toHaveLength(0);
  });
});

describe("a check over the network", () => {
  async function checkServer(handleRequest: RequestListener) {
    const server = createServer(handleRequest);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    try {
      return await fetchElementScript(`http://127.0.0.1:${port}/latest.js`).catch(
        (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it("a script may have four mebibytes and not a byte more", async () => {
    const maxBytes = 4 * 1024 * 1024;
    expect(await checkServer((_, reply) => reply.end(Buffer.alloc(maxBytes)))).toMatchObject({
      size: maxBytes,
    });
    expect(await checkServer((_, reply) => reply.end(Buffer.alloc(maxBytes + 1)))).toBe(
      "unreadable_reply",
    );
  });

  it("a check follows no redirect and sends no key", async () => {
    const paths: string[] = [];
    const handleRequest = await checkServer((request, reply) => {
      paths.push(request.url ?? "");
      expect(Object.keys(request.headers).sort()).toEqual([
        "accept",
        "accept-encoding",
        "connection",
        "host",
      ]);
      reply.writeHead(302, { location: "/elsewhere.js" }).end("moved");
    });
    expect(handleRequest).toBe("redirected");
    expect(paths).toEqual(["/latest.js"]);
  });

  it("a check gives up on a server that does not finish its response", async () => {
    const handleRequest = await checkServer((_, reply) => {
      reply.write("const a");
    });
    expect(handleRequest).toBe("timed_out");
  });

  it.each<[string, RequestListener, string]>([
    ["nothing at all", (_, reply) => reply.end(), "unreadable_reply"],
    ["another success", (_, reply) => reply.writeHead(203).end("x"), "unreadable_reply"],
    [
      "bytes that are compressed",
      (_, reply) => reply.writeHead(200, { "content-encoding": "br" }).end("x"),
      "unreadable_reply",
    ],
    ["a refusal", (_, reply) => reply.writeHead(403).end("no"), "forbidden"],
  ])("a script that is %s is rejected", async (_, handleRequest, code) => {
    expect(await checkServer(handleRequest)).toBe(code);
  });

  it("an unreachable server is reported", async () => {
    await expect(fetchElementScript("http://127.0.0.1:1/latest.js")).rejects.toMatchObject({
      code: "unreachable",
    });
  });
});
