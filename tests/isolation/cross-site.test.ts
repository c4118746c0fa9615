import { beforeAll, describe, expect, it } from "vitest";
import {
  callProcedure,
  callPortalProcedure,
  accountEntries,
  expectNoChanges,
  type SeededTenant,
  seedTenant,
  portalEntries,
} from "./support";

let a: SeededTenant;

beforeAll(async () => {
  a = await seedTenant({ main: "30182", neighbour: "30183", spare: "30297", partner: "c" });
});

const host = "localhost:3000";
const crossSiteHeaders: Record<string, string>[] = [
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "cross-site", origin: `http://${host}`, host },
  { origin: "https://evil.example", host },
  { origin: "null", host },
  { origin: `http://${host}.evil.example`, host },
];

describe("c14: a page of another site with the visitor's cookie", () => {
  it.each(portalEntries)("another site cannot call $name", async (entry) => {
    const input = entry.input?.(a.fixture);
    await expectNoChanges([a], async () => {
      for (const headers of crossSiteHeaders) {
        const options = { input, token: a.tokens.owner, headers };
        const response = await callPortalProcedure(entry, a.tenant.slug, options);
        expect({ headers, code: response.code }).toEqual({ headers, code: "FORBIDDEN" });
      }
    });
  });

  it.each(accountEntries)(
    "another site cannot call the account procedure $name",
    async ({ name, kind, input }) => {
      await expectNoChanges([a], async () => {
        for (const headers of crossSiteHeaders) {
          const response = await callProcedure({
            scope: "account",
            procedure: name,
            kind,
            input: input?.(a.fixture),
            token: a.tokens.owner,
            headers,
          });
          expect({ headers, code: response.code }).toEqual({ headers, code: "FORBIDDEN" });
        }
      });
    },
  );

  const sameOriginHeaders: Record<string, string>[] = [
    { "sec-fetch-site": "same-origin", origin: `http://${host}`, host },
    { origin: `http://${host}`, host },
    { "sec-fetch-site": "none" },
  ];
  it.each(sameOriginHeaders)(
    "our own pages and other clients differ from another site's: %j",
    async (headers) => {
      const entry = { name: "links.list", kind: "query" } as const;
      const response = await callPortalProcedure(entry, a.tenant.slug, {
        input: {},
        token: a.tokens.owner,
        headers,
      });
      expect(response.code).toBe("OK");
    },
  );
});
