import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  checkBuild,
  findAction,
  type HttpTenant,
  inParallel,
  makePerson,
  makeTenant,
  marksIn,
  multipart,
  newClientAddress,
  openBrowser,
  origin,
  readForm,
  send,
  sessionCookie,
  sessionOf,
  signIn,
} from "../support/http";

/** Many requests, on a machine that may be busy. */
const slow = 60_000;

let a: HttpTenant;
let b: HttpTenant;

beforeAll(async () => {
  await checkBuild();
  [a, b] = await Promise.all([makeTenant("a"), makeTenant("b")]);
});

const me = (token: string) =>
  send("/api/trpc/account/me", { headers: { cookie: `${sessionCookie}=${token}` } });

describe("c16: a session", () => {
  it("gets an id of its own at sign-in, and the one that stood there before is dead", async () => {
    const browser = openBrowser();
    const planted = "a".repeat(43);
    browser.cookies.set(sessionCookie, planted);
    await signIn(browser, a.owner);
    const first = sessionOf(browser);
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(first).not.toBe(planted);
    expect((await me(planted)).status).toBe(401);
    expect((await me(first)).status).toBe(200);
    // Again in the same browser, without signing out: the form is behind a redirect, so by its action.
    const again = await openBrowser().go("/sign-in");
    const { headers, body } = multipart({
      ...readForm(again.text, "email"),
      email: a.owner.email,
      password: a.owner.password,
    });
    await browser.go("/sign-in", { method: "POST", headers: { ...headers, origin }, body });
    expect(sessionOf(browser)).not.toBe(first);
    expect((await me(first)).status).toBe(401);
    expect((await me(sessionOf(browser))).status).toBe(200);
  });

  it("is a cookie that scripts and other sites do not get", async () => {
    const answer = await signIn(openBrowser(), a.owner);
    const lines = answer.headers["set-cookie"] ?? [];
    const line = lines.find((one) => one.startsWith(`${sessionCookie}=`)) ?? "";
    expect(line).toMatch(/; HttpOnly/i);
    expect(line).toMatch(/; SameSite=lax/i);
    expect(line).toMatch(/; Path=\/(;|$)/i);
    expect(line).not.toMatch(/; Domain=/i);
    for (const one of lines) expect(one).toMatch(/; HttpOnly/i);
  });

  it("ends on the server at sign-out, so that a copy of the cookie is worth nothing", async () => {
    const browser = openBrowser();
    await signIn(browser, a.owner);
    const token = sessionOf(browser);
    const answer = await browser.go("/account", {
      method: "POST",
      headers: { "next-action": findAction("signOut"), "content-type": "text/plain", origin },
      body: "[]",
    });
    expect(answer.headers["x-action-redirect"]).toBe("/sign-in;push");
    expect(sessionOf(browser)).toBe("");
    expect((await me(token)).status).toBe(401);
    expect((await me(sessionOf(a.browser))).status).toBe(200);
  });

  it("can be ended from another browser of the same person, and of nobody else", async () => {
    const sessionList = z.object({
      result: z.object({ data: z.array(z.object({ id: z.string(), isCurrent: z.boolean() })) }),
    });
    const browser = openBrowser();
    await signIn(browser, b.owner);
    const listed = sessionList.parse(
      JSON.parse((await browser.ask("account", "sessions", "query")).text),
    ).result.data;
    const sessionId = listed.find(({ isCurrent }) => isCurrent)?.id;
    const foreign = await a.browser.ask("account", "endSession", "mutation", { sessionId });
    const absent = await a.browser.ask("account", "endSession", "mutation", {
      sessionId: randomUUID(),
    });
    expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
    expect((await me(sessionOf(browser))).status).toBe(200);
    await b.browser.ask("account", "endSession", "mutation", { sessionId });
    expect((await me(sessionOf(browser))).status).toBe(401);
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

  it("change nothing of a session, in whatever shape they are asked", async () => {
    const token = sessionOf(a.browser);
    const before = (await me(token)).text;
    const { csrfToken } = z
      .object({ csrfToken: z.string() })
      .parse(JSON.parse((await a.browser.go("/api/auth/csrf")).text));
    const shapes = [
      { data: claims },
      claims,
      { csrfToken, data: claims },
      { csrfToken, ...claims },
      { csrfToken, data: { data: claims } },
      { csrfToken, data: [claims] },
      { csrfToken, data: { sessionToken: "a".repeat(43), userId: claims.user.id } },
    ];
    for (const shape of shapes) {
      for (const method of ["POST", "PUT", "PATCH"]) {
        const answer = await a.browser.go("/api/auth/session", {
          method,
          headers: { "content-type": "application/json", origin },
          body: JSON.stringify(shape),
        });
        expect(answer.text).not.toContain("victim@example.com");
        expect(answer.text).not.toContain("2099");
      }
    }
    expect(sessionOf(a.browser)).toBe(token);
    expect((await me(token)).text).toBe(before);
  });

  it("tell no more than that a session exists", async () => {
    const answer = await a.browser.go("/api/auth/session");
    expect(marksIn(answer.text, a)).toEqual([]);
    expect(answer.text).not.toContain(sessionOf(a.browser));
    const stranger = await openBrowser().go("/api/auth/session");
    expect(stranger.text).not.toContain("expires");
  });

  it("fall over at nothing that is sent to them", async () => {
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
    const answers = await inParallel(
      paths.flatMap((path) => ["GET", "POST"].map((method) => ({ path, method }))),
      ({ path, method }) =>
        openBrowser().go(`/api/auth/${path}?callbackUrl=https://evil.example/`, {
          method,
          headers: { "content-type": "application/json", origin },
          body: method === "POST" ? '{"callbackUrl":"https://evil.example/"' : "",
        }),
    );
    for (const { headers, text } of answers) {
      expect(headers.location ?? origin).not.toContain("evil.example/");
      expect(text).not.toMatch(/node_modules|\bat \w+ \(/);
    }
  });
});

describe("c14: who is not signed in", () => {
  const body = {
    userId: randomUUID(),
    tenantId: randomUUID(),
    role: "owner",
    sessionToken: "a".repeat(43),
    user: { id: randomUUID() },
  };
  const writes = ["createOrganisation", "endSession", "endOtherSessions"];

  it.each(writes)("writes nothing by %s, whatever the body says", async (procedure) => {
    const input = { ...body, name: "Mallory Ltd", slug: "mallory-ltd", sessionId: randomUUID() };
    const answer = await openBrowser().ask("account", procedure, "mutation", input);
    expect(answer.status).toBe(401);
  });

  it("gets no session from next-auth's callback by naming a person", async () => {
    const browser = openBrowser();
    const { csrfToken } = z
      .object({ csrfToken: z.string() })
      .parse(JSON.parse((await browser.go("/api/auth/csrf")).text));
    const sent = new URLSearchParams({
      csrfToken,
      userId: randomUUID(),
      sub: randomUUID(),
      id: randomUUID(),
      email: a.owner.email,
      password: "not the password at all",
      callbackUrl: "https://evil.example/",
    });
    const answer = await browser.go("/api/auth/callback/credentials", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", origin },
      body: sent.toString(),
    });
    expect(sessionOf(browser)).toBe("");
    expect(new URL(answer.headers.location ?? "/", origin).origin).toBe(origin);
  });

  it("cannot run the actions of people who are", async () => {
    for (const name of ["endSessions", "createOrganisation"]) {
      const path = name === "endSessions" ? "/account" : "/new-organisation";
      const answer = await openBrowser().go(path, {
        method: "POST",
        headers: { "next-action": findAction(name), "content-type": "text/plain", origin },
        body: JSON.stringify([null, body]),
      });
      // They are led to sign in, by a redirect that the page carries out.
      expect({ name, led: answer.headers["x-action-redirect"] }).toEqual({
        name,
        led: "/sign-in;push",
      });
      expect(answer.text).not.toMatch(/sessions? ended/i);
    }
    expect((await me(sessionOf(a.browser))).status).toBe(200);
  });
});

// Beyond the tenth try on an account nothing is computed any more, so that more tries prove no more.
const tries = 60;

describe("c17: guessing passwords", () => {
  const alert = /role="alert"[\s\S]*?<\/div>/;
  const wordsOf = (html: string) =>
    alert
      .exec(html)?.[0]
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/\s+/g, " ")
      .trim() ?? "";

  /** Fetches the form once: what a guesser would do. */
  async function makeGuess() {
    const fields = readForm((await openBrowser().go("/sign-in")).text, "email");
    return async (email: string, from: string) => {
      const { headers, body } = multipart({ ...fields, email, password: `guess ${randomUUID()}` });
      return send("/sign-in", {
        method: "POST",
        from,
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
    "is throttled on one account from many addresses, in the same words for one that does not exist",
    async () => {
      const victim = await makePerson();
      const guess = await makeGuess();
      const said = [];
      for (const email of [victim.email, `nobody-${randomUUID()}@example.com`]) {
        const answers = await inParallel(
          Array.from({ length: tries }),
          async () => wordsOf((await guess(email, newClientAddress())).text),
          4,
        );
        const counted = Object.groupBy(answers, (words) => words);
        said.push(
          Object.fromEntries(Object.entries(counted).map(([words, all]) => [words, all?.length])),
        );
      }
      const [known, unknown] = said;
      expect(known).toEqual(unknown);
      expect(Object.entries(known ?? {}).find(([words]) => words.includes("not right"))?.[1]).toBe(
        10,
      );
      expect(Object.keys(known ?? {}).some((words) => words.includes("Too many tries"))).toBe(true);
      // The right password does not help while the account is held; whoever is signed in stays so.
      const late = openBrowser();
      await signIn(late, victim);
      expect(sessionOf(late)).toBe("");
      expect((await me(sessionOf(victim.browser))).status).toBe(200);
    },
    slow,
  );

  it(
    "is throttled from one address on many accounts, whatever it says of its address",
    async () => {
      const guess = await makeGuess();
      const from = newClientAddress();
      const nobody = () => `nobody-${randomUUID()}@example.com`;
      // A hundred tries are free to an address. Few accounts, because each try that is held is cheap.
      const [first, second] = [nobody(), nobody()];
      await inParallel(
        Array.from({ length: 100 }),
        (_, i) => guess(i % 2 ? first : second, from),
        4,
      );
      expect(wordsOf((await guess(nobody(), from)).text)).toContain("Too many tries");
      expect(wordsOf((await guess(nobody(), newClientAddress())).text)).toContain("not right");
    },
    slow,
  );
});
