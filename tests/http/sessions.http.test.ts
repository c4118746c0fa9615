import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  checkBuild,
  getActionId,
  type HttpTenant,
  mapConcurrently,
  signUpPerson,
  createTenantOverHttp,
  findIdentifyingValues,
  multipart,
  newClientAddress,
  openBrowser,
  origin,
  readForm,
  send,
  sessionCookie,
  sessionTokenOf,
  signIn,
} from "../support/http";

/** Many requests, on a machine that may be busy. */
const slowTestMs = 60_000;

let a: HttpTenant;
let b: HttpTenant;

beforeAll(async () => {
  await checkBuild();
  [a, b] = await Promise.all([createTenantOverHttp("a"), createTenantOverHttp("b")]);
});

const fetchMe = (token: string) =>
  send("/api/trpc/account/me", { headers: { cookie: `${sessionCookie}=${token}` } });

describe("c16: a session", () => {
  it("signing in creates a new session ID, and the previous one stops working", async () => {
    const browser = openBrowser();
    const presetToken = "a".repeat(43);
    browser.cookies.set(sessionCookie, presetToken);
    await signIn(browser, a.owner);
    const first = sessionTokenOf(browser);
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(first).not.toBe(presetToken);
    expect((await fetchMe(presetToken)).status).toBe(401);
    expect((await fetchMe(first)).status).toBe(200);
    // Again in the same browser without signing out, by the form's action.
    const secondVisit = await openBrowser().visit("/sign-in");
    const { headers, body } = multipart({
      ...readForm(secondVisit.text, "email"),
      email: a.owner.email,
      password: a.owner.password,
    });
    await browser.visit("/sign-in", { method: "POST", headers: { ...headers, origin }, body });
    expect(sessionTokenOf(browser)).not.toBe(first);
    expect((await fetchMe(first)).status).toBe(401);
    expect((await fetchMe(sessionTokenOf(browser))).status).toBe(200);
  });

  it("the session cookie is hidden from scripts and other sites", async () => {
    const response = await signIn(openBrowser(), a.owner);
    const lines = response.headers["set-cookie"] ?? [];
    const line = lines.find((header) => header.startsWith(`${sessionCookie}=`)) ?? "";
    expect(line).toMatch(/; HttpOnly/i);
    expect(line).toMatch(/; SameSite=lax/i);
    expect(line).toMatch(/; Path=\/(;|$)/i);
    expect(line).not.toMatch(/; Domain=/i);
    for (const header of lines) expect(header).toMatch(/; HttpOnly/i);
  });

  it("signing out ends the session on the server, so a copied cookie is worthless", async () => {
    const browser = openBrowser();
    await signIn(browser, a.owner);
    const token = sessionTokenOf(browser);
    const response = await browser.visit("/account", {
      method: "POST",
      headers: { "next-action": getActionId("signOut"), "content-type": "text/plain", origin },
      body: "[]",
    });
    expect(response.headers["x-action-redirect"]).toBe("/sign-in;push");
    expect(sessionTokenOf(browser)).toBe("");
    expect((await fetchMe(token)).status).toBe(401);
    expect((await fetchMe(sessionTokenOf(a.browser))).status).toBe(200);
  });

  it("a person can end their own session from another browser, and no one else can", async () => {
    const sessionListSchema = z.object({
      result: z.object({ data: z.array(z.object({ id: z.string(), isCurrent: z.boolean() })) }),
    });
    const browser = openBrowser();
    await signIn(browser, b.owner);
    const listed = sessionListSchema.parse(
      JSON.parse((await browser.callProcedure("account", "sessions", "query")).text),
    ).result.data;
    const sessionId = listed.find(({ isCurrent }) => isCurrent)?.id;
    const foreign = await a.browser.callProcedure("account", "endSession", "mutation", {
      sessionId,
    });
    const absent = await a.browser.callProcedure("account", "endSession", "mutation", {
      sessionId: randomUUID(),
    });
    expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
    expect((await fetchMe(sessionTokenOf(browser))).status).toBe(200);
    await b.browser.callProcedure("account", "endSession", "mutation", { sessionId });
    expect((await fetchMe(sessionTokenOf(browser))).status).toBe(401);
  });
});

describe("c11: next-auth's own addresses", () => {
  const claims = {
    user: { id: randomUUID(), email: "victim@example.com", role: "owner" },
    email: "victim@example.com",
    role: "owner",
    tenantId: randomUUID(),
    expires: "2099-01-01T00:00:00.000Z",
  };

  it("next-auth's addresses change nothing in a session", async () => {
    const token = sessionTokenOf(a.browser);
    const before = (await fetchMe(token)).text;
    const { csrfToken } = z
      .object({ csrfToken: z.string() })
      .parse(JSON.parse((await a.browser.visit("/api/auth/csrf")).text));
    const requestShapes = [
      { data: claims },
      claims,
      { csrfToken, data: claims },
      { csrfToken, ...claims },
      { csrfToken, data: { data: claims } },
      { csrfToken, data: [claims] },
      { csrfToken, data: { sessionToken: "a".repeat(43), userId: claims.user.id } },
    ];
    for (const shape of requestShapes) {
      for (const method of ["POST", "PUT", "PATCH"]) {
        const response = await a.browser.visit("/api/auth/session", {
          method,
          headers: { "content-type": "application/json", origin },
          body: JSON.stringify(shape),
        });
        expect(response.text).not.toContain("victim@example.com");
        expect(response.text).not.toContain("2099");
      }
    }
    expect(sessionTokenOf(a.browser)).toBe(token);
    expect((await fetchMe(token)).text).toBe(before);
  });

  it("next-auth's addresses reveal only that a session exists", async () => {
    const response = await a.browser.visit("/api/auth/session");
    expect(findIdentifyingValues(response.text, a)).toEqual([]);
    expect(response.text).not.toContain(sessionTokenOf(a.browser));
    const signedOut = await openBrowser().visit("/api/auth/session");
    expect(signedOut.text).not.toContain("expires");
  });

  it("next-auth's addresses survive malformed requests", async () => {
    const paths = [
      "session",
      "csrf",
      "providers",
      "signin",
      "signout",
      "error",
      "callback/credentials",
      "nothing",
      "_log",
    ];
    const responses = await mapConcurrently(
      paths.flatMap((path) => ["GET", "POST"].map((method) => ({ path, method }))),
      ({ path, method }) =>
        openBrowser().visit(`/api/auth/${path}?callbackUrl=https://evil.example/`, {
          method,
          headers: { "content-type": "application/json", origin },
          body: method === "POST" ? '{"callbackUrl":"https://evil.example/"' : "",
        }),
    );
    for (const { headers, text } of responses) {
      expect(headers.location ?? origin).not.toContain("evil.example/");
      expect(text).not.toMatch(/node_modules|\bat \w+ \(/);
    }
  });
});

describe("c14: signed-out visitors", () => {
  const body = {
    userId: randomUUID(),
    tenantId: randomUUID(),
    role: "owner",
    sessionToken: "a".repeat(43),
    user: { id: randomUUID() },
  };
  const mutations = ["createOrganisation", "endSession", "endOtherSessions"];

  it.each(mutations)(
    "a signed-out visitor writes nothing by %s, whatever the body contains",
    async (procedure) => {
      const input = { ...body, name: "Mallory Ltd", slug: "mallory-ltd", sessionId: randomUUID() };
      const response = await openBrowser().callProcedure("account", procedure, "mutation", input);
      expect(response.status).toBe(401);
    },
  );

  it("next-auth's callback gives no session for naming a person", async () => {
    const browser = openBrowser();
    const { csrfToken } = z
      .object({ csrfToken: z.string() })
      .parse(JSON.parse((await browser.visit("/api/auth/csrf")).text));
    const formBody = new URLSearchParams({
      csrfToken,
      userId: randomUUID(),
      sub: randomUUID(),
      id: randomUUID(),
      email: a.owner.email,
      password: "not the password at all",
      callbackUrl: "https://evil.example/",
    });
    const response = await browser.visit("/api/auth/callback/credentials", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", origin },
      body: formBody.toString(),
    });
    expect(sessionTokenOf(browser)).toBe("");
    expect(new URL(response.headers.location ?? "/", origin).origin).toBe(origin);
  });

  it("a signed-out visitor cannot run actions of signed-in people", async () => {
    for (const name of ["endSessions", "createOrganisation"]) {
      const path = name === "endSessions" ? "/account" : "/new-organisation";
      const response = await openBrowser().visit(path, {
        method: "POST",
        headers: { "next-action": getActionId(name), "content-type": "text/plain", origin },
        body: "[]",
      });
      // The page redirects them to sign in.
      expect({ name, led: response.headers["x-action-redirect"] }).toEqual({
        name,
        led: "/sign-in;push",
      });
      expect(response.text).not.toMatch(/sessions? ended/i);
    }
    expect((await fetchMe(sessionTokenOf(a.browser))).status).toBe(200);
  });
});

// After ten attempts at an account passwords are no longer checked.
const attempts = 60;

describe("c17: guessing passwords", () => {
  const alert = /role="alert"[\s\S]*?<\/div>/;
  const alertText = (html: string) =>
    alert
      .exec(html)?.[0]
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/\s+/g, " ")
      .trim() ?? "";

  async function createGuesser() {
    const fields = readForm((await openBrowser().visit("/sign-in")).text, "email");
    return async (email: string, localAddress: string) => {
      const { headers, body } = multipart({ ...fields, email, password: `guess ${randomUUID()}` });
      return send("/sign-in", {
        method: "POST",
        localAddress,
        headers: {
          ...headers,
          origin,
          "x-forwarded-for": newClientAddress(),
          "x-real-ip": "1.2.3.4",
        },
        body,
      });
    };
  }

  it(
    "guesses at one account are limited whatever address they claim, with the same message for an unknown account",
    async () => {
      const victim = await signUpPerson();
      const guess = await createGuesser();
      const guesserAddress = newClientAddress();
      const countsByMessage = [];
      for (const email of [victim.email, `nobody-${randomUUID()}@example.com`]) {
        const responses = await mapConcurrently(
          Array.from({ length: attempts }),
          async () => alertText((await guess(email, guesserAddress)).text),
          4,
        );
        const grouped = Object.groupBy(responses, (message) => message);
        countsByMessage.push(
          Object.fromEntries(
            Object.entries(grouped).map(([message, all]) => [message, all?.length]),
          ),
        );
      }
      const [existing, unknown] = countsByMessage;
      expect(existing).toEqual(unknown);
      expect(
        Object.entries(existing ?? {}).find(([message]) =>
          message.includes("password is incorrect"),
        )?.[1],
      ).toBe(10);
      expect(
        Object.keys(existing ?? {}).some((message) => message.includes("Too many attempts")),
      ).toBe(true);
      // The owner can still sign in elsewhere.
      const lateBrowser = openBrowser();
      await signIn(lateBrowser, victim);
      expect(sessionTokenOf(lateBrowser)).not.toBe("");
      expect((await fetchMe(sessionTokenOf(victim.browser))).status).toBe(200);
    },
    slowTestMs,
  );
});
