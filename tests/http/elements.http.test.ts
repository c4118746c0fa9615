import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { host, signUpPerson, origin, portal, send, signIn, openBrowser } from "../support/http";

const elementsHost = `elements.${host}`;
const tenant = portal.demo.tenants[0];
if (!tenant) throw new Error("The demo has no tenant.");
const { placementId, apiKey, slug } = tenant;
const allowedOrigin = `https://app.${slug}.example`;
const token = "/api/v1/element-sessions/token";

const openSession = async () => {
  const response = await send("/api/v1/element-sessions", {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      placementId,
      practiceGroupId: String(tenant.practices[0]?.practiceGroupId),
    }),
  });
  return z.object({ secret: z.string() }).parse(JSON.parse(response.text)).secret;
};

describe("c24: the exchange over HTTP", () => {
  it("the preflight of an exchange names the one origin", async () => {
    const preflightResponse = await send(token, {
      method: "OPTIONS",
      headers: { origin: allowedOrigin },
    });
    expect(preflightResponse.status).toBe(204);
    expect(preflightResponse.headers).toMatchObject({
      "access-control-allow-origin": allowedOrigin,
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type",
      vary: expect.stringMatching(/Origin/i),
    });
    expect(preflightResponse.headers["access-control-allow-credentials"]).toBeUndefined();
    for (const other of ["https://evil.example", "null", `${allowedOrigin}.evil.example`]) {
      const rejected = await send(token, { method: "OPTIONS", headers: { origin: other } });
      expect(rejected.status).toBe(403);
      expect(rejected.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  it("an exchange gives a token to a listed origin only, and accepts POST only", async () => {
    const secret = await openSession();
    const exchangeFrom = (requestOrigin: string) =>
      send(token, {
        method: "POST",
        headers: { origin: requestOrigin, "content-type": "application/json" },
        body: JSON.stringify({ secret }),
      });
    expect((await exchangeFrom("https://evil.example")).status).toBe(403);
    const grant = await exchangeFrom(allowedOrigin);
    expect(grant.status).toBe(200);
    expect(grant.headers).toMatchObject({
      "cache-control": "no-store",
      "access-control-allow-origin": allowedOrigin,
    });
    for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
      expect((await send(token, { method })).status).toBe(405);
    }
  });

  it("an exchange accepts neither a cookie nor an API key as its secret", async () => {
    const browser = openBrowser();
    const owner = tenant.users.find(({ role }) => role === "owner");
    if (!owner) throw new Error("The demo has no owner.");
    await signIn(browser, owner);
    const response = await browser.visit(token, {
      method: "POST",
      headers: {
        origin: allowedOrigin,
        "content-type": "application/json",
        authorization: `Bearer ${apiKey}`,
      },
      body: "{}",
    });
    expect(response.status).toBe(401);
  });
});

describe("c21, c25: the second origin", () => {
  const frame = (name: string, frameHost = elementsHost) =>
    send(`/embed/frame/${name}`, { headers: { host: frameHost } });
  const policyOf = (response: Awaited<ReturnType<typeof frame>>) =>
    Object.fromEntries(
      String(response.headers["content-security-policy"])
        .split("; ")
        .map((directive) => {
          const [name = "", ...sources] = directive.split(" ");
          return [name, sources];
        }),
    );

  it("the second origin serves frames only; the portal serves everything else", async () => {
    for (const path of [
      "/",
      "/sign-in",
      "/api/health",
      "/api/v1/openapi.json",
      `/${slug}/sandbox`,
    ]) {
      expect((await send(path, { headers: { host: elementsHost } })).status).toBe(404);
    }
    expect((await frame(placementId)).status).toBe(200);
    expect((await frame(placementId, host)).status).toBe(404);
    expect((await frame("sandbox", host)).status).toBe(404);
    // Attempts to bypass the server in front.
    for (const path of [
      `/x/../embed/frame/${placementId}`,
      `/embed//frame/${placementId}`,
      `/embed/%66rame/${placementId}`,
      `/embed/frame/${placementId}?x`,
    ]) {
      const response = await send(path);
      expect({ path, isFrame: response.text.includes("data-parents") }).toEqual({
        path,
        isFrame: false,
      });
    }
  });

  it("a placement's frame can be framed by its origins and the portal, the portal's own by the portal only", async () => {
    const framed = await frame(placementId);
    expect(policyOf(framed)["frame-ancestors"]).toEqual(
      expect.arrayContaining([origin, allowedOrigin]),
    );
    expect(policyOf(framed)["frame-ancestors"]).not.toContain("*");
    expect(policyOf(await frame("sandbox"))["frame-ancestors"]).toEqual([origin]);
    expect(framed.headers["x-frame-options"]).toBeUndefined();
    expect(framed.headers["set-cookie"]).toBeUndefined();
    expect(framed.headers["cache-control"]).toBe("no-store");
  });

  it("the frame's policy names the hosts it needs, without wildcards and inline scripts", async () => {
    const {
      "script-src": scripts = [],
      "connect-src": connectSources = [],
      ...rest
    } = policyOf(await frame("sandbox"));
    const sandbox = new URL(portal.demo.sandboxUrl).origin;
    expect(scripts.toSorted()).toEqual([`${origin}/embed/`, sandbox].toSorted());
    expect(connectSources).toEqual(expect.arrayContaining([`${origin}/api/v1/`, sandbox]));
    expect([...scripts, ...connectSources].join(" ")).not.toMatch(/\*|unsafe|https?:(\s|$)/);
    expect(rest["default-src"]).toEqual(["'none'"]);
  });

  it("unknown placements all get the same response", async () => {
    for (const name of [randomUUID(), "1", "portal", "toString"]) {
      const response = await frame(name);
      expect({ status: response.status, text: response.text }).toEqual({
        status: 404,
        text: "Placement not found.",
      });
    }
  });
});

describe("files for partners' pages", () => {
  it.each(["v1.js", "v2.js"])("%s is small, immutable, public and sets no cookie", async (name) => {
    const response = await send(`/embed/${name}`, {
      headers: { origin: "https://anywhere.example" },
    });
    expect(response.status).toBe(200);
    expect(response.headers).toMatchObject({
      "cache-control": "public, max-age=31536000, immutable",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "content-type": expect.stringMatching(/javascript/),
    });
    expect(response.headers["set-cookie"]).toBeUndefined();
    expect(response.text).toBe(readFileSync(`public/embed/${name}`, "utf8"));
    expect(gzipSync(response.text, { level: 9 }).length).toBeLessThanOrEqual(4096);
  });

  it("a version that does not exist yet is not cached as missing", async () => {
    const response = await send("/embed/v3.js");
    expect(response.status).toBe(404);
    expect(String(response.headers["cache-control"])).not.toMatch(/immutable|public/);
  });

  it("an error report is accepted from any origin, without an error in the page's console", async () => {
    const response = await send("/api/v1/element-reports", {
      method: "POST",
      headers: { origin: "https://anywhere.example", "content-type": "text/plain;charset=UTF-8" },
      body: JSON.stringify({ placement: randomUUID(), code: "offline" }),
    });
    expect({ status: response.status, text: response.text }).toEqual({ status: 204, text: "" });
    // Browsers log an error for a response that the page may not read.
    expect(response.headers["cross-origin-resource-policy"]).toBe("cross-origin");
  });

  it("the loader is compressed for browsers that accept it", async () => {
    const response = await fetch(`${origin}/embed/v2.js`, {
      headers: { "accept-encoding": "gzip" },
    });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await response.text()).toBe(readFileSync("public/embed/v2.js", "utf8"));
  });
});

describe("another organisation", () => {
  let outsider: Awaited<ReturnType<typeof signUpPerson>>;
  beforeAll(async () => {
    outsider = await signUpPerson();
  });

  it("another organisation cannot open a session in an environment that is not its own", async () => {
    const response = await outsider.browser.callProcedure(
      `${slug}/sandbox`,
      "elementSessions.create",
      "mutation",
      { practiceId: randomUUID(), placementId },
    );
    expect(response.status).toBe(404);
  });
});
