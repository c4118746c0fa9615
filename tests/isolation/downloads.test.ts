import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { GET } from "@/app/api/downloads/[tenant]/[environment]/bulk-uploads/[bulkUploadId]/route";
import { GET as exportLinks } from "@/app/api/downloads/[tenant]/[environment]/links/route";
import { GET as exportResults } from "@/app/api/downloads/[tenant]/[environment]/results/route";
import { sessionCookieName } from "@/server/auth/cookie";
import { serveDownload } from "@/server/portal/download";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { expectNoChanges, expectNoDataOf, type SeededTenant, seedTenant } from "./support";

let a: SeededTenant;
let b: SeededTenant;

beforeAll(async () => {
  const practices = { main: "30182", neighbour: "30183", spare: "30297" };
  a = await seedTenant({ ...practices, partner: "a" });
  b = await seedTenant({ ...practices, partner: "b" });
});

async function download(
  path: { tenant: string; environment?: string; bulkUploadId: string },
  token: string | undefined,
) {
  const { tenant, environment = "sandbox", bulkUploadId } = path;
  const headers = new Headers(token ? { cookie: `${sessionCookieName()}=${token}` } : {});
  const request = new Request("http://localhost:3000/api/downloads", { headers });
  const response = await GET(request, {
    params: Promise.resolve({ tenant, environment, bulkUploadId: bulkUploadId }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const statusAndText = ({ status, text }: { status: number; text: string }) => ({ status, text });

describe("c1: the result of a bulk upload", () => {
  it("a result can be downloaded by every role of its tenant that may read links", async () => {
    const path = { tenant: a.tenant.slug, bulkUploadId: a.fixture.completeBulkUploadId };
    for (const token of Object.values(a.tokens)) {
      const { status, text, headers } = await download(path, token);
      expect(status).toBe(200);
      expect(text).toMatch(/^\ufeff?row,reference,link,state,reason\r\n1,,,waiting,\r\n$/);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("content-disposition")).toMatch(
        /^attachment; filename="links-[\w-]+\.csv"$/,
      );
    }
  });

  it("a signed-out visitor gets no result", async () => {
    const path = { tenant: a.tenant.slug, bulkUploadId: a.fixture.completeBulkUploadId };
    expect((await download(path, undefined)).status).toBe(401);
    expect((await download(path, "x".repeat(43))).status).toBe(401);
  });

  it("another organisation gets the same response as for an unknown bulk upload", async () => {
    await expectNoChanges([a, b], async () => {
      const token = b.tokens.owner;
      const { completeBulkUploadId: bulkUploadId } = a.fixture;
      const absent = await download({ tenant: "nobody-here", bulkUploadId }, token);
      expect(absent.status).toBe(404);
      for (const path of [
        { tenant: a.tenant.slug, bulkUploadId: bulkUploadId },
        { tenant: b.tenant.slug, bulkUploadId: bulkUploadId },
        { tenant: b.tenant.slug, bulkUploadId: randomUUID() },
        { tenant: b.tenant.slug, bulkUploadId: "../etc" },
        { tenant: b.tenant.slug, bulkUploadId: "\u0000" },
        {
          tenant: b.tenant.slug,
          environment: "staging",
          bulkUploadId: b.fixture.completeBulkUploadId,
        },
      ]) {
        const response = await download(path, token);
        expect(statusAndText(response)).toEqual(statusAndText(absent));
        expectNoDataOf(a, response.text);
      }
    });
  });
});

describe("E2: the links of a list as a file", () => {
  async function exportAs(
    tenant: string,
    token: string | undefined,
    query = "",
    environment = "sandbox",
  ) {
    const headers = new Headers(token ? { cookie: `${sessionCookieName()}=${token}` } : {});
    const request = new Request(`http://localhost:3000/api/downloads?${query}`, { headers });
    const response = await exportLinks(request, {
      params: Promise.resolve({ tenant, environment }),
    });
    return { status: response.status, text: await response.text() };
  }

  it("every role that may read links gets the links of the filters", async () => {
    for (const token of Object.values(a.tokens)) {
      const all = await exportAs(a.tenant.slug, token);
      expect(all.status).toBe(200);
      expect(all.text).toContain(a.fixture.linkId);
      expectNoDataOf(b, all.text);
      const none = await exportAs(a.tenant.slug, token, "q=nowhere-at-all");
      expect(none.text.split("\r\n")).toHaveLength(2);
    }
  });

  it("a signed-out visitor and another organisation get no links", async () => {
    expect((await exportAs(a.tenant.slug, undefined)).status).toBe(401);
    const foreign = await exportAs(a.tenant.slug, b.tokens.owner);
    expect(foreign).toEqual(await exportAs("nobody-here", b.tokens.owner));
    expect(foreign.status).toBe(404);
    expect((await exportAs(a.tenant.slug, a.tokens.owner, "practiceId=x")).status).toBe(400);
    const ownQuery = `practiceId=${a.fixture.practiceId}&bulkUploadId=${a.fixture.completeBulkUploadId}`;
    expectNoDataOf(a, (await exportAs(b.tenant.slug, b.tokens.owner, ownQuery)).text);
  });
});

describe("results as a file", () => {
  async function exportAs(tenant: string, token: string | undefined, query: string) {
    const headers = new Headers(token ? { cookie: `${sessionCookieName()}=${token}` } : {});
    const request = new Request(`http://localhost:3000/api/downloads?${query}`, { headers });
    const response = await exportResults(request, {
      params: Promise.resolve({ tenant, environment: "sandbox" }),
    });
    return { status: response.status, text: await response.text() };
  }

  const today = ukDateOf(new Date());
  const period = `from=${addDays(today, -6)}&to=${today}&groupBy=link`;

  it("every role that may read links gets the results of its own tenant", async () => {
    for (const token of Object.values(a.tokens)) {
      const { status, text } = await exportAs(a.tenant.slug, token, period);
      expect(status).toBe(200);
      expect(text).toContain(a.fixture.linkId);
      expectNoDataOf(b, text);
    }
  });

  it("a signed-out visitor and another organisation get no results", async () => {
    expect((await exportAs(a.tenant.slug, undefined, period)).status).toBe(401);
    const foreign = await exportAs(a.tenant.slug, b.tokens.owner, period);
    expect(foreign).toEqual(await exportAs("nobody-here", b.tokens.owner, period));
    expect(foreign.status).toBe(404);
    expect((await exportAs(a.tenant.slug, a.tokens.owner, "from=x")).status).toBe(400);
    const ownQuery = `${period}&practiceId=${a.fixture.practiceId}&bulkUploadId=${a.fixture.completeBulkUploadId}`;
    const { status, text } = await exportAs(b.tenant.slug, b.tokens.owner, ownQuery);
    expect(status).toBe(200);
    expectNoDataOf(a, text);
  });
});

it("D: a download that fails half way breaks off and is logged", async () => {
  const lines: string[] = [];
  const output = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  const headers = new Headers({ cookie: `${sessionCookieName()}=${a.tokens.owner}` });
  const response = await serveDownload(
    new Request("http://localhost:3000/api/downloads", { headers }),
    { tenant: a.tenant.slug, environment: "sandbox" },
    async () => ({
      fileName: "links.csv",
      chunks: (async function* () {
        yield "row\r\n";
        throw new TypeError("Patient 4417");
      })(),
    }),
  );
  await expect(response.text()).rejects.toThrow();
  output.mockRestore();
  const failures = lines.filter((line) => line.includes('"request failed"'));
  expect(failures).toHaveLength(1);
  expect(failures[0]).toContain('"errorName":"TypeError"');
  expect(failures[0]).not.toContain("4417");
});
