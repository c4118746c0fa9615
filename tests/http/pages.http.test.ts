import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { actions, handlers, pages } from "../isolation/routes";
import {
  checkBuild,
  type HttpTenant,
  mapConcurrently,
  listActions,
  createTenantOverHttp,
  findIdentifyingValues,
  openBrowser,
  type HttpResponse,
  normalizePage,
} from "../support/http";

/** Many requests, on a machine that may be busy. */
const slowTestMs = 60_000;

let a: HttpTenant;
let b: HttpTenant;

beforeAll(async () => {
  await checkBuild();
  [a, b] = await Promise.all([createTenantOverHttp("a"), createTenantOverHttp("b")]);
});

const memberPages = Object.keys(pages).filter((page) => pages[page] === "member");

type PageParams = {
  tenant: string;
  environment?: string;
  practiceId: string;
  linkId: string;
  bulkUploadId: string;
  placementId: string;
  appointmentId: string;
  patientId: string;
  destinationId: string;
  eventId: string;
  endpointId: string;
  messageId: string;
  batchId: string;
};

/** A merge needs a second person, and a delivery Hero, so no tenant here has one. */
const unusedIds = { mergeId: randomUUID(), deliveryId: randomUUID() };
const hasUnusedId = (page: string) =>
  Object.keys(unusedIds).some((name) => page.includes(`[${name}]`));

const fillPath = (page: string, { environment = "sandbox", ...params }: PageParams) =>
  Object.entries({ ...params, environment, ...unusedIds }).reduce(
    (path, [name, value]) => path.replace(`[${name}]`, value),
    page,
  );

const pageParamsOf = (tenant: HttpTenant): PageParams => ({
  tenant: tenant.slug,
  practiceId: tenant.practice.id,
  linkId: tenant.link.id,
  bulkUploadId: tenant.bulkUpload.id,
  placementId: tenant.placement.id,
  appointmentId: tenant.appointment.id,
  patientId: tenant.patientId,
  destinationId: tenant.destination.id,
  eventId: tenant.event.id,
  endpointId: tenant.endpoint.id,
  messageId: tenant.message.id,
  batchId: tenant.messageBatch.id,
});

/** Next gives robots a page in one piece. Others get its title later when it is slow, which is no difference. */
const withoutStreaming = { "user-agent": "Bingbot" };

const summarise = ({ status, headers }: HttpResponse) => ({
  status,
  location: headers.location,
  cacheControl: headers["cache-control"],
  contentType: headers["content-type"],
});

describe("c12: the build", () => {
  const manifest = z.record(z.string(), z.string());

  it("the build serves exactly the reviewed addresses", () => {
    const file = ".next/app-path-routes-manifest.json";
    const builtRoutes = Object.values(manifest.parse(JSON.parse(readFileSync(file, "utf8"))));
    const nextRoutes = ["/_not-found", "/_global-error"];
    expect(builtRoutes.sort()).toEqual(
      [...Object.keys(pages), ...Object.keys(handlers), ...nextRoutes].sort(),
    );
  });

  it("the build has exactly the reviewed server actions", () => {
    expect(
      listActions()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(actions).sort());
  });

  it("internal addresses of the build are not found", async () => {
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
    const responses = await mapConcurrently(paths, (path) => openBrowser().visit(path));
    expect(responses.map(({ status }, i) => [paths[i], status >= 400 && status < 500])).toEqual(
      paths.map((path) => [path, true]),
    );
  });
});

describe("c1: pages of another tenant", () => {
  it("a tenant's pages exist for its members, so the next tests prove something", async () => {
    const existingPages = memberPages.filter((page) => !hasUnusedId(page));
    for (const headers of [{}, { rsc: "1" }] as Record<string, string>[]) {
      const responses = await mapConcurrently(existingPages, (page) =>
        a.browser.visitPayload(fillPath(page, pageParamsOf(a)), { headers }),
      );
      expect(responses.map(({ status }, index) => [existingPages[index], status])).toEqual(
        existingPages.map((page) => [page, 200]),
      );
      for (const { text } of responses) expect(findIdentifyingValues(text, a)).not.toEqual([]);
    }
  });

  it("a tenant's pages look to another organisation exactly like those of an absent tenant", async () => {
    await mapConcurrently(memberPages, async (page) => {
      const foreign = await b.browser.visit(fillPath(page, pageParamsOf(a)), {
        headers: withoutStreaming,
      });
      const absent = await b.browser.visit(
        fillPath(page, { ...pageParamsOf(a), tenant: "nobody-here" }),
        { headers: withoutStreaming },
      );
      expect({ page, status: foreign.status }).toEqual({ page, status: 404 });
      expect(summarise(foreign)).toEqual(summarise(absent));
      expect(normalizePage(foreign.text, a.slug)).toEqual(
        normalizePage(absent.text, "nobody-here"),
      );
      expect(findIdentifyingValues(foreign.text, a, fillPath(page, pageParamsOf(a)))).toEqual([]);
    });
  });

  it("a tenant's IDs are not found under another tenant's addresses", async () => {
    const pagesWithIds = memberPages.filter((page) => /\[(?!patient)\w+Id\]/.test(page));
    await mapConcurrently(pagesWithIds, async (page) => {
      const unknownIds = {
        ...pageParamsOf(b),
        practiceId: randomUUID(),
        linkId: randomUUID(),
        bulkUploadId: randomUUID(),
        placementId: randomUUID(),
        appointmentId: randomUUID(),
        destinationId: randomUUID(),
        eventId: randomUUID(),
        endpointId: randomUUID(),
        messageId: randomUUID(),
        batchId: randomUUID(),
      };
      const foreignPath = fillPath(page, { ...pageParamsOf(a), tenant: b.slug });
      const foreign = await b.browser.visit(foreignPath, { headers: withoutStreaming });
      const absent = await b.browser.visit(fillPath(page, unknownIds), {
        headers: withoutStreaming,
      });
      expect(summarise(foreign)).toEqual(summarise(absent));
      const { tenant: _a, ...foreignIds } = pageParamsOf(a);
      const { tenant: _b, ...absentIds } = unknownIds;
      expect(normalizePage(foreign.text, ...Object.values(foreignIds))).toEqual(
        normalizePage(absent.text, ...Object.values(absentIds)),
      );
      expect(foreign.status).toBe(404);
    });
  });

  it("another organisation's practice cannot be reached through the query", async () => {
    const unknownIds = randomUUID();
    await mapConcurrently(memberPages, async (page) => {
      const path = fillPath(page, pageParamsOf(b));
      const foreign = await b.browser.visit(`${path}?practice=${a.practice.id}`);
      const absent = await b.browser.visit(`${path}?practice=${unknownIds}`);
      expect(summarise(foreign)).toEqual(summarise(absent));
      expect(findIdentifyingValues(foreign.text, a, a.practice.id)).toEqual([]);
    });
  });

  it("c3: a page's IDs are not found in another environment", async () => {
    const pagesWithIds = memberPages.filter((page) =>
      /\[(practice|link|placement|appointment)Id\]/.test(page),
    );
    await mapConcurrently(pagesWithIds, async (page) => {
      const otherEnvironment = { ...pageParamsOf(a), environment: "production" };
      const response = await a.browser.visit(fillPath(page, otherEnvironment));
      expect({ page, status: response.status }).toEqual({ page, status: 404 });
      expect(response.text).not.toContain(a.link.url);
    });
  });
});

// Next answers an unreadable router state with an empty 500, so the tests with route variants check no
// status: what matters is that no tenant data is returned.
describe("signed-out visitors", () => {
  it("c1: a signed-out visitor is sent to sign in without any tenant data", async () => {
    await mapConcurrently(Object.keys(pages), async (page) => {
      const path = fillPath(page, pageParamsOf(a));
      const isPublic = pages[page] === "anybody" && page !== "/";
      const response = await openBrowser().visit(path);
      expect({ page, status: response.status }).toEqual({ page, status: isPublic ? 200 : 307 });
      const target = page === "/" ? "/organisations" : "/sign-in";
      expect((response.headers.location ?? target).startsWith(target)).toBe(true);
      expect(findIdentifyingValues(response.text, a, path)).toEqual([]);
      const absent = await openBrowser().visit(
        fillPath(page, { ...pageParamsOf(a), tenant: "nobody-here" }),
      );
      expect(summarise(absent).status).toBe(summarise(response).status);
      expect(normalizePage(response.text, a.slug)).toEqual(
        normalizePage(absent.text, "nobody-here"),
      );
    });
  });

  const middleware = ["middleware", "src/middleware", "proxy", "src/proxy", "pages/_middleware"];
  const middlewareHeaders = [
    ...middleware,
    ...middleware.map((name) => Array.from({ length: 5 }, () => name).join(":")),
    "1",
    "app/[tenant]/[environment]/links/page",
  ];

  it("c4: no header that skips the middleware lets a signed-out visitor in", async () => {
    const path = fillPath("/[tenant]/[environment]/links", pageParamsOf(a));
    await mapConcurrently(middlewareHeaders, async (value) => {
      const headers = { "x-middleware-subrequest": value, "x-middleware-invoke": "1" };
      const page = await openBrowser().visit(path, { headers });
      expect({ value, status: page.status }).toEqual({ value, status: 307 });
      expect(page.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      const procedure = await openBrowser().visit(`/api/trpc/${a.scope}/links.list?input=%7B%7D`, {
        headers,
      });
      expect({ value, status: procedure.status }).toEqual({ value, status: 401 });
      expect(findIdentifyingValues(page.text + procedure.text, a, path)).toEqual([]);
    });
  });

  const tree = encodeURIComponent(
    JSON.stringify(["", { children: ["__PAGE__", {}] }, null, null, true]),
  );
  const routeVariants: {
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

  it.each(routeVariants)(
    "c5: a signed-out visitor gets no tenant data by $name",
    async ({ change, headers = {} }) => {
      await mapConcurrently(memberPages, async (page) => {
        const path = change(fillPath(page, pageParamsOf(a)));
        const response = await openBrowser().visitPayload(path, { headers });
        expect(findIdentifyingValues(response.text, a, path)).toEqual([]);
        expect(response.headers["x-nextjs-cache"]).toBeUndefined();
      });
    },
  );

  it.each(routeVariants)(
    "c5: a signed-in member of another organisation gets no tenant data by $name",
    async ({ change, headers = {} }) => {
      const { cookie, ...others } = headers;
      const session = [...b.browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const all = { ...others, cookie: cookie ? `${session}; ${cookie}` : session };
      await mapConcurrently(memberPages, async (page) => {
        const path = change(fillPath(page, pageParamsOf(a)));
        const response = await openBrowser().visitPayload(path, { headers: all });
        expect(findIdentifyingValues(response.text, a, path)).toEqual([]);
      });
    },
  );

  it("c5: naming another tenant in the query does not change the tenant of a page", async () => {
    const namedTenants = [
      `nxtPtenant=${a.slug}&nxtPenvironment=sandbox`,
      `nxtItenant=${a.slug}`,
      `tenant=${a.slug}&environment=sandbox`,
      `nextParamtenant=${a.slug}`,
      `__nextParams=${encodeURIComponent(JSON.stringify({ tenant: a.slug }))}`,
      `params[tenant]=${a.slug}`,
    ];
    await mapConcurrently(namedTenants, async (query) => {
      const path = `/${b.slug}/sandbox/links?${query}`;
      const rsc = { headers: { rsc: "1" } };
      for (const response of [
        await b.browser.visit(path),
        await b.browser.visitPayload(path, rsc),
      ]) {
        expect(findIdentifyingValues(response.text, a, query)).toEqual([]);
        expect(findIdentifyingValues(response.text, b)).not.toEqual([]);
      }
    });
  });
});

const buildId = () => readFileSync(".next/BUILD_ID", "utf8").trim();

describe("response headers", () => {
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

  it("c21: every response forbids framing, including errors", async () => {
    const own = memberPages.map((page) => fillPath(page, pageParamsOf(a)));
    const open = Object.keys(pages).filter((page) => pages[page] === "anybody");
    await mapConcurrently([...own, ...open, ...api, ...special], async (path) => {
      const { headers } = await a.browser.visit(path);
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

  it("c18: signed-in responses are not cached", async () => {
    const own = memberPages.map((page) => fillPath(page, pageParamsOf(a)));
    const account = Object.keys(pages).filter((page) => pages[page] === "signed in");
    const calls = ["links.list", "practices.list"].map(
      (name) => `/api/trpc/${a.scope}/${name}?input=%7B%7D`,
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
    await mapConcurrently(paths, async (path) => {
      const kinds: Record<string, string>[] = [{}, { rsc: "1" }];
      for (const headers of path.startsWith("/api/") ? kinds.slice(0, 1) : kinds) {
        const response = await a.browser.visitPayload(path, { headers });
        const cacheControl = response.headers["cache-control"] ?? "";
        expect({ path, isStored: !cacheControl.includes("no-store") }).toEqual({
          path,
          isStored: false,
        });
        expect(response.headers["x-nextjs-cache"] ?? "").not.toBe("HIT");
        expect(response.headers["x-nextjs-prerender"]).toBeUndefined();
        expect(response.headers.etag).toBeUndefined();
      }
    });
  });

  it("c36: each page has its own nonce, on all of its scripts", async () => {
    const nonces = await mapConcurrently([1, 2, 3], async () => {
      const { headers, text } = await a.browser.visit(`/${a.scope}`);
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
    "two tenants never see each other's data",
    async () => {
      const paths = ["", "/links", "/practices", "/activity"];
      const mixedUp = await mapConcurrently(Array.from({ length: 400 }), async (_, index) => {
        const [own, other] = index % 2 === 0 ? [a, b] : [b, a];
        const isPage = index % 10 === 0;
        const response = isPage
          ? await own.browser.visit(`/${own.scope}${paths[(index / 10) % paths.length] ?? ""}`)
          : await own.browser.callProcedure(own.scope, "practices.list", "query");
        const hasOwnPractice = response.status === 200 && response.text.includes(own.practice.id);
        const isOwn = isPage ? response.text.includes(own.slug) : hasOwnPractice;
        return isOwn && findIdentifyingValues(response.text, other).length === 0 ? [] : [index];
      });
      expect(mixedUp.flat()).toEqual([]);
    },
    slowTestMs,
  );
});
