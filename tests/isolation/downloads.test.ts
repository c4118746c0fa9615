import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { GET } from "@/app/api/downloads/[tenant]/[environment]/bulk-uploads/[bulkUploadId]/route";
import { sessionCookieName } from "@/server/auth/cookie";
import { expectNoChanges, expectNoDataOf, type SeededTenant, seedTenant } from "./support";

let a: SeededTenant;
let b: SeededTenant;

beforeAll(async () => {
  const practices = { main: "30298", neighbour: "30297", spare: "30183" };
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
