import fc from "fast-check";
import { expect, test } from "vitest";
import { isAllowedOrigin } from "@/embed/allowed-parents";
import { originCandidates } from "@/server/schemas/origin-candidates";
import { allowedOrigin } from "@/server/schemas/origins";

const list = ["https://app.example.org", "https://*.example.com:8443", "http://localhost:3000"];

test.each([
  "https://app.example.org",
  "https://a.example.com:8443",
  "https://a.b.example.com:8443",
  "http://localhost:3000",
])("%s is allowed", (origin) => {
  expect(isAllowedOrigin(origin, list)).toBe(true);
});

test.each([
  "null",
  "",
  "https://app.example.org:8443",
  "http://app.example.org",
  "https://app.example.org.evil.example",
  "https://example.com:8443",
  "https://.example.com:8443",
  "https://a.example.com",
  "https://evilexample.com:8443",
  "http://a.example.com:8443",
  "http://localhost:3001",
])("%s is not allowed", (origin) => {
  expect(isAllowedOrigin(origin, list)).toBe(false);
});

test("an empty list allows no origin", () => {
  expect(isAllowedOrigin("https://app.example.org", [])).toBe(false);
});

test("the frame and the portal agree on every origin and every list entry", () => {
  const label = fc.constantFrom("a", "b", "example", "org");
  const host = fc.array(label, { minLength: 2, maxLength: 5 }).map((labels) => labels.join("."));
  const port = fc.constantFrom("", ":8443");
  const origin = fc.tuple(host, port).map(([name, portSuffix]) => `https://${name}${portSuffix}`);
  const entry = fc
    .tuple(fc.constantFrom("", "*."), host, port)
    .map(([wildcard, name, portSuffix]) =>
      allowedOrigin.parse(`https://${wildcard}${name}${portSuffix}`),
    );
  fc.assert(
    fc.property(origin, entry, (parentOrigin, allowed) => {
      expect(isAllowedOrigin(parentOrigin, [allowed])).toBe(
        originCandidates(parentOrigin).includes(allowed),
      );
    }),
    { numRuns: 2_000 },
  );
});
