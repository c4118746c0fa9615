import { describe, expect, it } from "vitest";
import { safeNextPath } from "@/server/schemas/next-path";

const origin = "https://portal.example";

/** Addresses that must not be followed: each leads to another origin or is not a page. */
const unsafePaths = [
  // Another host, with and without a scheme.
  "https://evil.example",
  "https://evil.example/acme/sandbox",
  "http://evil.example",
  "HTTPS://EVIL.EXAMPLE",
  "//evil.example",
  "///evil.example",
  "////evil.example",
  "//evil.example/..",
  "//evil.example%2f..",
  "https:evil.example",
  "https:/evil.example",
  "http:///evil.example",
  "ftp://evil.example",
  "//[::1]/",
  "//127.0.0.1",
  "//0x7f000001",
  "//evil.example:443/",
  "//user:pass@evil.example",
  // Backslashes, which browsers read as slashes.
  "/\\evil.example",
  "\\/evil.example",
  "\\\\evil.example",
  "/\\/evil.example",
  "//\\evil.example",
  "/\\\\evil.example",
  "/a\\b",
  // Encoded slashes and backslashes, once and twice.
  "/%2Fevil.example",
  "/%2f%2fevil.example",
  "%2F%2Fevil.example",
  "/%5Cevil.example",
  "/%5c%5cevil.example",
  "/%2F%5Cevil.example",
  "/%252Fevil.example",
  "/%255Cevil.example",
  "/a%2f%2fevil.example",
  "/.%2fevil.example",
  // Dot segments that resolve to two slashes, or leave the root.
  "/a/..//evil.example",
  "/.//evil.example",
  "/..//evil.example",
  "/a/../..//evil.example",
  "/%2e%2e//evil.example",
  "/a/%2e%2e//evil.example",
  "/%2E/%2F/evil.example",
  "/./\\evil.example",
  // Characters that browsers drop.
  "/\t/evil.example",
  "/\n/evil.example",
  "/\r\n/evil.example",
  "\t//evil.example",
  "\n//evil.example",
  " //evil.example",
  " https://evil.example",
  "/ /evil.example",
  "/\u0000/evil.example",
  "/\u000b/evil.example",
  "/%09/evil.example",
  "/%0a/evil.example",
  "/%0D%0ALocation:https://evil.example",
  "/%00/evil.example",
  "/%7f/evil.example",
  "/\u00a0/evil.example",
  // Characters that are normalised to slashes or dots.
  "/\uff0fevil.example",
  "\uff0f\uff0fevil.example",
  "/\u2215evil.example",
  "/\u3002evil.example",
  "/\u202eelpmaxe.live",
  "\u2028//evil.example",
  // Schemes that run or display content.
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java\nscript:alert(1)",
  "javascript://%0aalert(1)",
  "/javascript:alert(1)//\\",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)",
  "blob:https://evil.example/1",
  "file:///etc/passwd",
  "mailto:a@evil.example",
  // Relative or empty.
  "evil.example",
  "organisations",
  "./organisations",
  "../organisations",
  "?next=//evil.example",
  "#//evil.example",
  "@evil.example",
  "",
  " ",
  // On our origin, but not a page.
  "/api",
  "/api/auth/signout",
  "/api/trpc/account/me",
  "/a/../api/auth/signout",
  "/%61pi/../api/auth/signout",
  // Too long for our addresses.
  `/${"a".repeat(2001)}`,
];

const safePaths: [string, string][] = [
  ["/organisations", "/organisations"],
  ["/", "/"],
  ["/acme/sandbox", "/acme/sandbox"],
  [
    "/acme/production/links?practice=0198f5a2-0000-7000-8000-000000000001",
    "/acme/production/links?practice=0198f5a2-0000-7000-8000-000000000001",
  ],
  [
    "/acme/sandbox/links/new?operation=1&practice=2",
    "/acme/sandbox/links/new?operation=1&practice=2",
  ],
  ["/acme/sandbox/links?cursor=a%20b", "/acme/sandbox/links?cursor=a%20b"],
  ["/acme/sandbox/../staging", "/acme/staging"],
  ["/apiary/sandbox", "/apiary/sandbox"],
  ["/acme/api", "/acme/api"],
  // A query leads nowhere, and the fragment is dropped.
  ["/sign-in?next=https://evil.example", "/sign-in?next=https://evil.example"],
  ["/acme/sandbox#//evil.example", "/acme/sandbox"],
  ["/@evil.example", "/@evil.example"],
  ["/evil.example", "/evil.example"],
];

/** Where browsers go, and servers that decode once or twice too often. */
function originsOf(path: string): string[] {
  const origins = [new URL(path, origin).origin];
  let decoded = path;
  for (let round = 0; round < 3; round++) {
    decoded = decodeURIComponent(decoded);
    origins.push(new URL(decoded.replaceAll("\\", "/"), origin).origin);
  }
  return origins;
}

describe("c20: the path after signing in", () => {
  it("the test has at least eighty addresses, each once", () => {
    expect(new Set(unsafePaths).size).toBe(unsafePaths.length);
    expect(unsafePaths.length).toBeGreaterThanOrEqual(80);
  });

  it.each(unsafePaths)("c20: %j is not followed", (value) => {
    expect(safeNextPath(value)).toBe("/organisations");
    expect(safeNextPath(value, "/account")).toBe("/account");
  });

  it.each(safePaths)("c20: %j leads to %j", (value, path) => {
    expect(safeNextPath(value)).toBe(path);
    for (const destination of originsOf(path)) expect(destination).toBe(origin);
  });

  it.each([undefined, null, 7, true, [], ["/organisations"], {}, { toString: () => "/a" }])(
    "c20: a value that is not text gives the default path: %j",
    (value) => {
      expect(safeNextPath(value)).toBe("/organisations");
    },
  );

  it("c20: any two joined parts stay on our origin", () => {
    const fragments = [
      ...["/", "\\", "//", ".", "..", "%2f", "%5C", "%2e", "%09", "%", "@", ":", "?", "#", "\t"],
      ...["\n", " ", "evil.example", "https:", "javascript:", "a", "/a", ";", "\uff0f", "%25", "&"],
    ];
    const results = new Set<string>();
    for (const first of fragments) {
      for (const second of fragments) {
        for (const third of fragments) results.add(safeNextPath(`/${first}${second}${third}`));
      }
    }
    expect(results.size).toBeGreaterThan(100);
    for (const result of results) {
      expect(result.startsWith("/")).toBe(true);
      expect(new URL(result, origin).origin, result).toBe(origin);
      const [path = ""] = result.split("?");
      expect(/[\\\s]|%(2f|5c)/i.test(path), result).toBe(false);
    }
  });
});
