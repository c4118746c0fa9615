import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { loaderIntegrity } from "@/components/elements/snippets/integrity";
import type { HeroErrorCode } from "@/public/embed/v1";
import { elementErrorMessages } from "@/server/schemas/element-reports";

const read = (name: string) => readFileSync(`public/embed/${name}`);

test("the loader has at most 4 kB on the way to a page", () => {
  expect(gzipSync(read("v1.js"), { level: 9 }).length).toBeLessThanOrEqual(4096);
});

test("the integrity value that snippets pin is the loader's own", () => {
  const hash = createHash("sha384").update(read("v1.js")).digest("base64");
  expect(loaderIntegrity).toBe(`sha384-${hash}`);
});

test.each(["v1.js", "frame-v1.js"])("%s says nothing to consoles and keeps nothing", (name) => {
  const code = read(name).toString();
  expect(code).not.toMatch(
    /console|localStorage|sessionStorage|document\.cookie|indexedDB|\beval\b/,
  );
});

test("the loader neither sends nor hears messages between windows", () => {
  expect(read("v1.js").toString()).not.toMatch(/postMessage|["']message["']|onmessage/);
});

test("partners' types name the faults that the portal knows, and no other", () => {
  // Does not compile where a code is missing on either side.
  const codes: Record<HeroErrorCode, string> = elementErrorMessages;
  const declarations = read("v1.d.ts").toString();
  expect(Object.keys(codes).filter((code) => !declarations.includes(`"${code}"`))).toEqual([]);
});
