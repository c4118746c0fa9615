import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { GET } from "@/app/api/downloads/[tenant]/[environment]/bulk/[bulkId]/route";
import { sessionCookieName } from "@/server/auth/cookie";
import { expectNothingDone, expectNothingOf, type Furnished, furnishTenant } from "./support";

let a: Furnished;
let b: Furnished;

beforeAll(async () => {
  const practices = { main: "30298", neighbour: "30297", spare: "30183" };
  a = await furnishTenant({ ...practices, partner: "a" });
  b = await furnishTenant({ ...practices, partner: "b" });
});

async function download(
  path: { tenant: string; environment?: string; bulkId: string },
  token: string | undefined,
) {
  const { tenant, environment = "sandbox", bulkId } = path;
  const headers = new Headers(token ? { cookie: `${sessionCookieName()}=${token}` } : {});
  const request = new Request("http://localhost:3000/api/downloads", { headers });
  const answer = await GET(request, { params: Promise.resolve({ tenant, environment, bulkId }) });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

const seen = ({ status, text }: { status: number; text: string }) => ({ status, text });

describe("c1: the result of a file", () => {
  it("is its own tenant's, for every role that may read links", async () => {
    const path = { tenant: a.tenant.slug, bulkId: a.belongings.wholeBulkId };
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

  it("is nothing for somebody who is not signed in", async () => {
    const path = { tenant: a.tenant.slug, bulkId: a.belongings.wholeBulkId };
    expect((await download(path, undefined)).status).toBe(401);
    expect((await download(path, "x".repeat(43))).status).toBe(401);
  });

  it("is as absent for a stranger as one that never was", async () => {
    await expectNothingDone([a, b], async () => {
      const token = b.tokens.owner;
      const { wholeBulkId: bulkId } = a.belongings;
      const absent = await download({ tenant: "nobody-here", bulkId }, token);
      expect(absent.status).toBe(404);
      for (const path of [
        { tenant: a.tenant.slug, bulkId },
        { tenant: b.tenant.slug, bulkId },
        { tenant: b.tenant.slug, bulkId: randomUUID() },
        { tenant: b.tenant.slug, bulkId: "../etc" },
        { tenant: b.tenant.slug, bulkId: "\u0000" },
        { tenant: b.tenant.slug, environment: "staging", bulkId: b.belongings.wholeBulkId },
      ]) {
        const answer = await download(path, token);
        expect(seen(answer)).toEqual(seen(absent));
        expectNothingOf(a, answer.text);
      }
    });
  });
});
