import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pages } from "../isolation/routes";
import {
  checkBuild,
  type HttpTenant,
  host,
  mapConcurrently,
  createTenantOverHttp,
  openBrowser,
  origin,
  portal,
  sessionTokenOf,
  signIn,
} from "../support/http";

/** Many requests, on a machine that may be busy. */
const slowTestMs = 60_000;

let a: HttpTenant;

const readLog = (name: string) => readFileSync(join(portal.dataDir, "logs", `${name}.log`), "utf8");
// A portal that was already running has older data.
const logOffsets = { portal: readLog("portal").length, worker: readLog("worker").length };

beforeAll(async () => {
  await checkBuild();
  a = await createTenantOverHttp("b");
});

/** A secret and its encodings: base64 at each of three offsets, hexadecimal, URL-encoded. */
function encodingsOf(secret: string | Buffer): string[] {
  const bytes = Buffer.from(secret);
  const shifted = [0, 1, 2].map((offset) => {
    const base64 = Buffer.concat([Buffer.alloc(offset, 32), bytes]).toString("base64");
    // The characters that do not depend on the bytes around the secret.
    return base64.slice(offset === 0 ? 0 : 4, -4);
  });
  const plain = typeof secret === "string" ? [secret, encodeURIComponent(secret)] : [];
  const hex = bytes.toString("hex");
  return [
    ...plain,
    hex,
    hex.toUpperCase(),
    ...shifted,
    ...shifted.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}

const matches = (text: string, secrets: string[]) =>
  secrets.filter((secret) => text.includes(secret));

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Everything that a browser of this tenant receives: documents, payloads, responses. */
async function collectResponses(tenant: HttpTenant): Promise<string[]> {
  const paths = Object.keys(pages).map((page) =>
    page
      .replace("[tenant]", tenant.slug)
      .replace("[environment]", "sandbox")
      .replace("[practiceId]", tenant.practice.id)
      .replace("[linkId]", tenant.link.id)
      .replace("[bulkUploadId]", tenant.bulkUpload.id)
      .replace("[placementId]", tenant.placement.id),
  );
  const kinds: Record<string, string>[] = [{}, { rsc: "1" }];
  const responses = await mapConcurrently(
    paths.flatMap((path) => kinds.map((headers) => ({ path, headers }))),
    ({ path, headers }) => tenant.browser.visitPayload(path, { headers }),
  );
  const { practice, link, placement, scope, browser } = tenant;
  const practiceId = practice.id;
  const credentialId = practice.credential.id;
  const calls: ["query" | "mutation", string, unknown?][] = [
    ["query", "practices.list"],
    ["query", "practices.options"],
    ["query", "practices.get", { practiceId }],
    ["query", "practices.bookingOptions", { practiceId }],
    ["query", "practices.previewDisconnect", { practiceId }],
    ["query", "links.list", {}],
    ["query", "links.get", { linkId: link.id }],
    ["query", "placements.list"],
    ["query", "placements.get", { placementId: placement.id }],
    ["query", "elements.listForPractice", { practiceId }],
    ["query", "activity.list", {}],
    ["mutation", "practices.testConnection", { practiceId }],
    ["mutation", "practices.rename", { practiceId, nickname: "Harbour" }],
    ["mutation", "practices.verify", { apiKey: tenant.apiKey, practiceGroupId: "30298" }],
    ["mutation", "practices.verify", { apiKey: tenant.apiKey, practiceGroupId: "1" }],
    ["mutation", "practices.connect", { apiKey: tenant.apiKey, practiceGroupId: "30298" }],
    ["mutation", "practices.replaceKey", { credentialId, apiKey: tenant.apiKey }],
    ["mutation", "practices.replaceKey", { credentialId: "x", apiKey: tenant.apiKey }],
    ["mutation", "links.refresh", { linkId: link.id }],
    ["mutation", "links.create", { apiKey: tenant.apiKey }],
  ];
  for (const [kind, name, input] of calls)
    responses.push(await browser.callProcedure(scope, name, kind, input));
  for (const [kind, name] of [
    ["query", "me"],
    ["query", "sessions"],
  ] as const) {
    responses.push(await browser.callProcedure("account", name, kind));
  }
  return responses.map(({ headers, text }) => `${JSON.stringify(headers)}\n${text}`);
}

describe("c9: secrets", () => {
  it(
    "secrets are in no response, script or log",
    async () => {
      const token = sessionTokenOf(a.browser);
      const hash = createHash("sha256").update(token).digest();
      const secrets = [
        ...encodingsOf(a.apiKey),
        ...encodingsOf(a.owner.password),
        ...encodingsOf(token),
        ...encodingsOf(hash),
        "$argon2id$",
      ];
      const fullFingerprint = createHash("sha256").update(a.apiKey).digest("hex");
      const responses = await collectResponses(a);
      expect(responses.length).toBeGreaterThan(40);
      for (const response of responses)
        expect(matches(response, [...secrets, fullFingerprint])).toEqual([]);
      const scripts = filesOf(".next/static");
      expect(scripts.length).toBeGreaterThan(10);
      for (const file of scripts)
        expect({ file, matches: matches(readFileSync(file, "utf8"), secrets) }).toEqual({
          file,
          matches: [],
        });
      expect(matches(portal.readLogs(), secrets)).toEqual([]);
    },
    slowTestMs,
  );

  it("server settings, database addresses and table names are in no script", async () => {
    const settings = [
      "AUTH_SECRET",
      "MASTER_KEYS",
      "DATABASE_URL",
      "postgres://",
      "sealed_key",
      "portal_app",
      "argon2",
    ];
    for (const file of filesOf(".next/static").filter((name) => name.endsWith(".js"))) {
      expect({ file, matches: matches(readFileSync(file, "utf8"), settings) }).toEqual({
        file,
        matches: [],
      });
    }
    // For a web worker the build leaves an empty source map.
    const maps = filesOf(".next/static").filter((name) => name.endsWith(".map"));
    for (const file of maps) {
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
        version: 3,
        sources: [],
        sections: [],
      });
    }
  });

  it("a rejected form does not return its secrets", async () => {
    const password = `secret-${randomUUID()}`;
    const responses = [
      await openBrowser().submit("/sign-in", { email: "nobody@example.com", password }),
      await openBrowser().submit("/sign-up", { name: "", email: "not an address", password }),
      await openBrowser().submit(`/verify-email?token=${"t".repeat(43)}`, { password }),
      await openBrowser().submit(`/reset-password?token=${"t".repeat(43)}`, { password }),
    ];
    for (const { text, headers } of responses) {
      expect(text).not.toContain(password);
      expect(JSON.stringify(headers)).not.toContain(password);
    }
    expect(portal.readLogs()).not.toContain(password);
  });
});

describe("c30: patient identifiers", () => {
  it("a patient is in no log, page title, address or audit row", async () => {
    const patientId = `77${Date.now()}`.slice(0, 15);
    const name = `Canary ${randomUUID().slice(0, 8)}`;
    const nhsNumber = `999${String(Date.now()).slice(-7)}`;
    const fault = await fetch(`${portal.demo.sandboxUrl}/_sandbox/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        operation: "getPatientById",
        key: a.apiKey,
        status: 200,
        body: {
          id: patientId,
          dob: "1980-01-01",
          deceased_at: null,
          restricted: false,
          status: "unarchived",
        },
      }),
    });
    expect(fault.status).toBe(200);
    const input = a.linkInput({ patientId, name });
    const created = await a.browser.callProcedure(a.scope, "links.create", "mutation", input);
    expect(created.status).toBe(200);
    const { id } = JSON.parse(created.text).result.data;
    // Typed into the wrong field and rejected.
    for (const field of ["appointmentTypeId", "expiresOn", "operationId", "maxUses"]) {
      await a.browser.callProcedure(
        a.scope,
        "links.create",
        "mutation",
        a.linkInput({ [field]: nhsNumber }),
      );
    }
    for (const path of [`/links/${id}`, `/links/${id}/edit`, "/links", "/activity", ""]) {
      const { text, headers } = await a.browser.visit(`/${a.scope}${path}`);
      const [, title = ""] = /<title>([^<]*)<\/title>/.exec(text) ?? [];
      expect(title).not.toMatch(new RegExp(`${patientId}|${name}|${nhsNumber}`));
      expect(JSON.stringify(headers)).not.toMatch(new RegExp(`${patientId}|${name}|${nhsNumber}`));
      const addresses = text.match(/(?:href|src|action)="[^"]*"/g) ?? [];
      expect(addresses.join("\n")).not.toMatch(new RegExp(`${patientId}|${nhsNumber}`));
    }
    const audit = await a.browser.callProcedure(a.scope, "activity.list", "query", { limit: 100 });
    expect(audit.status).toBe(200);
    expect(audit.text).toContain(id);
    expect(matches(audit.text, [patientId, name, nhsNumber])).toEqual([]);
    expect(matches(portal.readLogs(), [patientId, name, nhsNumber])).toEqual([]);
  });

  it("no page contacts a third party", async () => {
    const paths = ["", "/links", `/links/${a.link.id}`, "/practices", "/activity"];
    await mapConcurrently(paths, async (path) => {
      const { text, headers } = await a.browser.visit(`/${a.scope}${path}`);
      const externalUrls =
        text.match(/(?:src|action|<link[^>]*href)="(?:https?:)?\/\/[^"]*"/g) ?? [];
      expect({ room: path, externalUrls }).toEqual({ room: path, externalUrls: [] });
      // Frames of the second origin, and nothing else from it.
      const policy = String(headers["content-security-policy"]);
      const elements = `frame-src ${new URL(portal.url).protocol}//elements.${host}`;
      expect(policy.replace(elements, "")).not.toMatch(/https?:/);
    });
  });
});

describe("c35: logs", () => {
  const injection = 'x\r\n{"level":"error","event":"forged"}\u001b[31m\u2028';

  it("each event is logged as one line of JSON, whatever is sent", async () => {
    await openBrowser().submit("/sign-in", { email: injection, password: injection });
    await a.browser.callProcedure(
      a.scope,
      "links.create",
      "mutation",
      a.linkInput({ name: injection, operationId: injection }),
    );
    await a.browser.callProcedure(a.scope, encodeURIComponent(injection), "mutation", {});
    await a.browser.visit(`/${encodeURIComponent(injection)}/sandbox`);
    await openBrowser().visit("/account", {
      method: "POST",
      headers: { "next-action": "__proto__", "content-type": "text/plain", origin },
      body: injection,
    });
    await signIn(openBrowser(), { email: a.owner.email, password: injection });
    const logs = (["portal", "worker"] as const).flatMap((name) =>
      readLog(name)
        .slice(logOffsets[name])
        .split("\n")
        .filter((line) => line !== ""),
    );
    const invalidLines = logs.filter((line) => {
      try {
        return typeof JSON.parse(line) !== "object";
      } catch {
        return true;
      }
    });
    expect(invalidLines).toEqual([]);
    const text = logs.join("\n");
    expect(text).not.toContain("\u001b");
    expect(text).not.toContain("forged");
  });
});
