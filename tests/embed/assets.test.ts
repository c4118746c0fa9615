import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { loaderIntegrity } from "@/components/elements/snippets/integrity";
import type { HeroErrorCode } from "@/public/embed/v2";
import { elementErrorMessages } from "@/server/schemas/element-errors";

const read = (name: string) => readFileSync(`public/embed/${name}`);

test("the loader is at most 4 kB compressed", () => {
  expect(gzipSync(read("v2.js"), { level: 9 }).length).toBeLessThanOrEqual(4096);
});

test("snippets pin the current loader by its integrity value", () => {
  const hash = createHash("sha384").update(read("v2.js")).digest("base64");
  expect(loaderIntegrity).toBe(`sha384-${hash}`);
});

test.each(["v2.js", "frame-v2.js"])("%s writes nothing to the console or to storage", (name) => {
  const code = read(name).toString();
  expect(code).not.toMatch(
    /console|localStorage|sessionStorage|document\.cookie|indexedDB|\beval\b/,
  );
});

test("the loader neither posts nor receives window messages", () => {
  expect(read("v2.js").toString()).not.toMatch(/postMessage|["']message["']|onmessage/);
});

test("partners' types list exactly the portal's error codes", () => {
  // Does not compile where a code is missing on either side.
  const codes: Record<HeroErrorCode, string> = elementErrorMessages;
  const declarations = read("v2.d.ts").toString();
  expect(Object.keys(codes).filter((code) => !declarations.includes(`"${code}"`))).toEqual([]);
});
