import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { actions, handlers, pages } from "../isolation/routes";
import {
  checkBuild,
  type HttpTenant,
  inParallel,
  listActions,
  makeTenant,
  marksIn,
  openBrowser,
  type Received,
  settle,
} from "../support/http";

/** Many requests, on a machine that may be busy. */
const slow = 60_000;

let a: HttpTenant;
let b: HttpTenant;

beforeAll(async () => {
  await checkBuild();
  [a, b] = await Promise.all([makeTenant("a"), makeTenant("b")]);
});

const memberPages = Object.keys(pages).filter((page) => pages[page] === "member");

type Place = {
  tenant: string;
  environment?: string;
  practiceId: string;
  linkId: string;
  bulkId: string;
  placementId: string;
};

const fill = (
  page: string,
  { tenant, environment = "sandbox", practiceId, linkId, bulkId, placementId }: Place,
) =>
  page
    .replace("[tenant]", tenant)
    .replace("[environment]", environment)
    .replace("[practiceId]", practiceId)
    .replace("[linkId]", linkId)
    .replace("[bulkId]", bulkId)
    .replace("[placementId]", placementId);

const placeOf = ({ slug, practice, link, bulk, placement }: HttpTenant): Place => ({
  tenant: slug,
  practiceId: practice.id,
  linkId: link.id,
  bulkId: bulk.id,
  placementId: placement.id,
});

const outline = ({ status, headers }: Received) => ({
  status,
  location: headers.location,
  cacheControl: headers["cache-control"],
  contentType: headers["content-type"],
});

describe("c12: the build", () => {
  const manifest = z.record(z.string(), z.string());

  it("serves exactly the reviewed addresses", () => {
    const file = ".next/app-path-routes-manifest.json";
    const built = Object.values(manifest.parse(JSON.parse(readFileSync(file, "utf8"))));
    const ofNext = ["/_not-found", "/_global-error"];
    expect(built.sort()).toEqual(
      [...Object.keys(pages), ...Object.keys(handlers), ...ofNext].sort(),
    );
  });

  it("has exactly the reviewed server actions", () => {
    expect(
      listActions()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(actions).sort());
  });

  it("answers nothing at addresses of its own inside", async () => {
    const paths = [
      "/_not-found",
      "/_error",
      "/_document",
      "/_next/static/../server/app-paths-manifest.json",
      "/_next/static/%2e%2e/server/server-reference-manifest.json",
      "/_next/server/middleware.js",
      "/_next/image?url=%2Ficon.svg&w=64&q=75",
      "/_next/image?url=http%3A%2F%2F127.0.0.1%3A1%2F&w=64&q=75",
      "/.env",
      "/package.json",
      "/proxy",
      "/instrumentation",
    ];
    const answers = await inParallel(paths, (path) => openBrowser().go(path));
    expect(answers.map(({ status }, i) => [paths[i], status >= 400 && status < 500])).toEqual(
      paths.map((path) => [path, true]),
    );
  });
});

describe("c1: pages of another tenant", () => {
  it("exist for their own members, so that what follows proves something", async () => {
    for (const headers of [{}, { rsc: "1" }] as Record<string, string>[]) {
      const answers = await inParallel(memberPages, (page) =>
        a.browser.goOn(fill(page, placeOf(a)), { headers }),
      );
      expect(answers.map(({ status }) => status)).toEqual(memberPages.map(() => 200));
      for (const { text } of answers) expect(marksIn(text, a)).not.toEqual([]);
    }
  });

  it("are to a stranger what an absent tenant's are, byte for byte", async () => {
    await inParallel(memberPages, async (page) => {
      const foreign = await b.browser.go(fill(page, placeOf(a)));
      const absent = await b.browser.go(fill(page, { ...placeOf(a), tenant: "nobody-here" }));
      expect({ page, status: foreign.status }).toEqual({ page, status: 404 });
      expect(outline(foreign)).toEqual(outline(absent));
      expect(settle(foreign.text, a.slug)).toEqual(settle(absent.text, "nobody-here"));
      expect(marksIn(foreign.text, a, fill(page, placeOf(a)))).toEqual([]);
    });
  });

  it("are not found under one's own tenant either", async () => {
    const withIds = memberPages.filter((page) => /\[(practice|link|bulk|placement)Id\]/.test(page));
    await inParallel(withIds, async (page) => {
      const madeUp = {
        ...placeOf(b),
        practiceId: randomUUID(),
        linkId: randomUUID(),
        bulkId: randomUUID(),
        placementId: randomUUID(),
      };
      const foreign = await b.browser.go(fill(page, { ...placeOf(a), tenant: b.slug }));
      const absent = await b.browser.go(fill(page, madeUp));
      expect(outline(foreign)).toEqual(outline(absent));
      expect(settle(foreign.text, a.practice.id, a.link.id, a.bulk.id, a.placement.id)).toEqual(
        settle(absent.text, madeUp.practiceId, madeUp.linkId, madeUp.bulkId, madeUp.placementId),
      );
      expect(foreign.status).toBe(404);
    });
  });

  it("are not reached by naming the other's practice in the query", async () => {
    const madeUp = randomUUID();
    await inParallel(memberPages, async (page) => {
      const path = fill(page, placeOf(b));
      const foreign = await b.browser.go(`${path}?practice=${a.practice.id}`);
      const absent = await b.browser.go(`${path}?practice=${madeUp}`);
      expect(outline(foreign)).toEqual(outline(absent));
      expect(marksIn(foreign.text, a, a.practice.id)).toEqual([]);
    });
  });

  it("c3: are not found in another environment", async () => {
    const withIds = memberPages.filter((page) => /\[(practice|link|placement)Id\]/.test(page));
    await inParallel(withIds, async (page) => {
      const there = { ...placeOf(a), environment: "production" };
      const answer = await a.browser.go(fill(page, there));
      expect({ page, status: answer.status }).toEqual({ page, status: 404 });
      expect(answer.text).not.toContain(a.link.url);
    });
  });
});

// What Next says to a router state it cannot read is a 500 without a word in it, so statuses are left
// open where detours are tried: what counts is that no byte of a tenant comes along.
describe("who is not signed in", () => {
  it("c1: is sent to sign in without a byte of the tenant", async () => {
    await inParallel(Object.keys(pages), async (page) => {
      const path = fill(page, placeOf(a));
      const isOpen = pages[page] === "anybody" && page !== "/";
      const answer = await openBrowser().go(path);
      expect({ page, status: answer.status }).toEqual({ page, status: isOpen ? 200 : 307 });
      const target = page === "/" ? "/organisations" : "/sign-in";
      expect((answer.headers.location ?? target).startsWith(target)).toBe(true);
      expect(marksIn(answer.text, a, path)).toEqual([]);
      const absent = await openBrowser().go(fill(page, { ...placeOf(a), tenant: "nobody-here" }));
      expect(outline(absent).status).toBe(outline(answer).status);
      expect(settle(answer.text, a.slug)).toEqual(settle(absent.text, "nobody-here"));
    });
  });

  const middleware = ["middleware", "src/middleware", "proxy", "src/proxy", "pages/_middleware"];
  const skips = [
    ...middleware,
    ...middleware.map((name) => Array.from({ length: 5 }, () => name).join(":")),
    "1",
    "app/[tenant]/[environment]/links/page",
  ];

  it("c4: is not let in by a header that skips the middleware", async () => {
    const path = fill("/[tenant]/[environment]/links", placeOf(a));
    await inParallel(skips, async (value) => {
      const headers = { "x-middleware-subrequest": value, "x-middleware-invoke": "1" };
      const page = await openBrowser().go(path, { headers });
      expect({ value, status: page.status }).toEqual({ value, status: 307 });
      expect(page.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      const procedure = await openBrowser().go(`/api/trpc/${a.place}/links.list?input=%7B%7D`, {
        headers,
      });
      expect({ value, status: procedure.status }).toEqual({ value, status: 401 });
      expect(marksIn(page.text + procedure.text, a, path)).toEqual([]);
    });
  });

  const tree = encodeURIComponent(
    JSON.stringify(["", { children: ["__PAGE__", {}] }, null, null, true]),
  );
  const detours: {
    name: string;
    change: (path: string) => string;
    headers?: Record<string, string>;
  }[] = [
    { name: ".rsc", change: (path) => `${path}.rsc` },
    { name: ".txt", change: (path) => `${path}.txt` },
    { name: "_rsc query", change: (path) => `${path}?_rsc=1abc` },
    { name: "rsc header", change: (path) => path, headers: { rsc: "1" } },
    { name: "rsc header and query", change: (path) => `${path}?_rsc=1abc`, headers: { rsc: "1" } },
    {
      name: "prefetch",
      change: (path) => path,
      headers: { rsc: "1", "next-router-prefetch": "1" },
    },
    {
      name: "state tree",
      change: (path) => path,
      headers: { rsc: "1", "next-router-state-tree": tree },
    },
    ...[
      "/_tree",
      "/_full",
      "/_index",
      "/__PAGE__",
      "/$d$tenant/$d$environment/links/__PAGE__",
    ].flatMap((segment) => [
      {
        name: `segment header ${segment}`,
        change: (path: string) => path,
        headers: { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": segment },
      },
      {
        name: `segment path ${segment}`,
        change: (path: string) => `${path}.segments${segment}.segment.rsc`,
      },
    ]),
    { name: "data route", change: (path) => `/_next/data/${buildId()}${path}.json` },
    { name: "data header", change: (path) => path, headers: { "x-nextjs-data": "1" } },
    { name: "locale", change: (path) => `/en${path}` },
    { name: "locale query", change: (path) => `${path}?__nextLocale=en&__nextDefaultLocale=en` },
    { name: "double slash inside", change: (path) => path.replace("/sandbox", "//sandbox") },
    { name: "dot segments", change: (path) => `/sign-in/..${path}` },
    { name: "encoded dot segments", change: (path) => `/sign-in/%2e%2e${path}` },
    { name: "encoded slash", change: (path) => path.replace("/sandbox", "%2fsandbox") },
    { name: "capitals", change: (path) => path.replace("/sandbox", "/SANDBOX") },
    { name: "trailing slash", change: (path) => `${path}/` },
    {
      name: "matched path",
      change: () => "/sign-in",
      headers: { "x-matched-path": "/[tenant]/[environment]" },
    },
    {
      name: "rewrite",
      change: () => "/sign-in",
      headers: { "x-middleware-rewrite": "/[tenant]/[environment]" },
    },
    {
      name: "draft",
      change: (path) => path,
      headers: { cookie: "__prerender_bypass=1; __next_preview_data=1" },
    },
  ];

  it.each(detours)("c5: gets no byte of a tenant by $name", async ({ change, headers = {} }) => {
    await inParallel(memberPages, async (page) => {
      const path = change(fill(page, placeOf(a)));
      const answer = await openBrowser().goOn(path, { headers });
      expect(marksIn(answer.text, a, path)).toEqual([]);
      expect(answer.headers["x-nextjs-cache"]).toBeUndefined();
    });
  });

  it.each(detours)(
    "c5: nor does a stranger who is signed in, by $name",
    async ({ change, headers = {} }) => {
      const { cookie, ...others } = headers;
      const session = [...b.browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const all = { ...others, cookie: cookie ? `${session}; ${cookie}` : session };
      await inParallel(memberPages, async (page) => {
        const path = change(fill(page, placeOf(a)));
        const answer = await openBrowser().goOn(path, { headers: all });
        expect(marksIn(answer.text, a, path)).toEqual([]);
      });
    },
  );

  it("c5: does not change the tenant of an address by naming another in the query", async () => {
    const named = [
      `nxtPtenant=${a.slug}&nxtPenvironment=sandbox`,
      `nxtItenant=${a.slug}`,
      `tenant=${a.slug}&environment=sandbox`,
      `nextParamtenant=${a.slug}`,
      `__nextParams=${encodeURIComponent(JSON.stringify({ tenant: a.slug }))}`,
      `params[tenant]=${a.slug}`,
    ];
    await inParallel(named, async (query) => {
      const path = `/${b.slug}/sandbox/links?${query}`;
      const rsc = { headers: { rsc: "1" } };
      for (const answer of [await b.browser.go(path), await b.browser.goOn(path, rsc)]) {
        expect(marksIn(answer.text, a, query)).toEqual([]);
        expect(marksIn(answer.text, b)).not.toEqual([]);
      }
    });
  });
});

const buildId = () => readFileSync(".next/BUILD_ID", "utf8").trim();

describe("headers", () => {
  const api = [
    "/api/health",
    "/api/health/live",
    "/api/auth/session",
    "/api/auth/csrf",
    "/api/nothing",
  ];
  const special = [
    "/no/such/page",
    "/nobody-here/sandbox",
    "/_next/static/chunks/none.js",
    "/%00/sandbox",
    "/%E0%A4%A",
  ];

  it("c21: forbid framing on every answer, errors included", async () => {
    const own = memberPages.map((page) => fill(page, placeOf(a)));
    const open = Object.keys(pages).filter((page) => pages[page] === "anybody");
    await inParallel([...own, ...open, ...api, ...special], async (path) => {
      const { headers } = await a.browser.go(path);
      const policy = headers["content-security-policy"] ?? "";
      const isFramingForbidden =
        headers["x-frame-options"] === "DENY" || policy.includes("frame-ancestors 'none'");
      expect({ path, isFramingForbidden }).toEqual({ path, isFramingForbidden: true });
      const isPage = String(headers["content-type"]).startsWith("text/html");
      expect({ path, hasPolicy: !isPage || policy.includes("frame-ancestors 'none'") }).toEqual({
        path,
        hasPolicy: true,
      });
    });
  });

  it("c18: keep every signed-in answer out of caches", async () => {
    const own = memberPages.map((page) => fill(page, placeOf(a)));
    const account = Object.keys(pages).filter((page) => pages[page] === "signed in");
    const calls = ["links.list", "practices.list"].map(
      (name) => `/api/trpc/${a.place}/${name}?input=%7B%7D`,
    );
    const paths = [
      ...own,
      ...account,
      ...calls,
      "/api/trpc/account/me",
      "/api/auth/session",
      "/api/health",
      "/nobody-here/sandbox",
    ];
    await inParallel(paths, async (path) => {
      const kinds: Record<string, string>[] = [{}, { rsc: "1" }];
      for (const headers of path.startsWith("/api/") ? kinds.slice(0, 1) : kinds) {
        const answer = await a.browser.goOn(path, { headers });
        const cacheControl = answer.headers["cache-control"] ?? "";
        expect({ path, isStored: !cacheControl.includes("no-store") }).toEqual({
          path,
          isStored: false,
        });
        expect(answer.headers["x-nextjs-cache"] ?? "").not.toBe("HIT");
        expect(answer.headers["x-nextjs-prerender"]).toBeUndefined();
        expect(answer.headers.etag).toBeUndefined();
      }
    });
  });

  it("c36: give each page a nonce of its own, on all of its scripts", async () => {
    const nonces = await inParallel([1, 2, 3], async () => {
      const { headers, text } = await a.browser.go(`/${a.place}`);
      const [, nonce = ""] =
        /'nonce-([^']+)'/.exec(String(headers["content-security-policy"])) ?? [];
      const inline = text.match(/<script(?![^>]* src=)[^>]*>/g) ?? [];
      expect(inline.length).toBeGreaterThan(0);
      for (const tag of inline) expect(tag).toContain(`nonce="${nonce}"`);
      return nonce;
    });
    expect(new Set(nonces).size).toBe(3);
  });
});

describe("c18: two tenants at the same addresses at the same time", () => {
  it(
    "never see each other",
    async () => {
      const rooms = ["", "/links", "/practices", "/activity"];
      const crossed = await inParallel(Array.from({ length: 400 }), async (_, turn) => {
        const [own, other] = turn % 2 === 0 ? [a, b] : [b, a];
        const isPage = turn % 10 === 0;
        const answer = isPage
          ? await own.browser.go(`/${own.place}${rooms[(turn / 10) % rooms.length] ?? ""}`)
          : await own.browser.ask(own.place, "practices.list", "query");
        const isWhole = answer.status === 200 && answer.text.includes(own.practice.id);
        const isRight = isPage ? answer.text.includes(own.slug) : isWhole;
        return isRight && marksIn(answer.text, other).length === 0 ? [] : [turn];
      });
      expect(crossed.flat()).toEqual([]);
    },
    slow,
  );
});
