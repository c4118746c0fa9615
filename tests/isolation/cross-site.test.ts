import { beforeAll, describe, expect, it } from "vitest";
import {
  ask,
  askPortal,
  account,
  expectNothingDone,
  type Furnished,
  furnishTenant,
  portal,
} from "./support";

let a: Furnished;

beforeAll(async () => {
  a = await furnishTenant({ main: "30182", neighbour: "30183", spare: "30297", partner: "c" });
});

const host = "localhost:3000";
const foreign: Record<string, string>[] = [
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "cross-site", origin: `http://${host}`, host },
  { origin: "https://evil.example", host },
  { origin: "null", host },
  { origin: `http://${host}.evil.example`, host },
];

describe("c14: a page of another site, with the cookie of who looks at it", () => {
  it.each(portal)("gets nothing done by $name", async (entry) => {
    const input = entry.input?.(a.belongings);
    await expectNothingDone([a], async () => {
      for (const headers of foreign) {
        const given = { input, token: a.tokens.owner, headers };
        const answer = await askPortal(entry, a.tenant.slug, given);
        expect({ headers, code: answer.code }).toEqual({ headers, code: "FORBIDDEN" });
      }
    });
  });

  it.each(account)("gets nothing done by $name", async ({ name, kind, input }) => {
    await expectNothingDone([a], async () => {
      for (const headers of foreign) {
        const answer = await ask({
          place: "account",
          procedure: name,
          kind,
          input: input?.(a.belongings),
          token: a.tokens.owner,
          headers,
        });
        expect({ headers, code: answer.code }).toEqual({ headers, code: "FORBIDDEN" });
      }
    });
  });

  const own: Record<string, string>[] = [
    { "sec-fetch-site": "same-origin", origin: `http://${host}`, host },
    { origin: `http://${host}`, host },
    { "sec-fetch-site": "none" },
  ];
  it.each(own)("is told apart from our own, and from no page at all: %j", async (headers) => {
    const entry = { name: "links.list", kind: "query" } as const;
    const answer = await askPortal(entry, a.tenant.slug, {
      input: {},
      token: a.tokens.owner,
      headers,
    });
    expect(answer.code).toBe("OK");
  });
});
