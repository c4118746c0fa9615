import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { outputBySource } from "@/scripts/build-embed";

/**
 * Released files that partners' pages load or pin. Add a version here when it is released: from then on
 * the sources in `embed` build the next one.
 */
const frozenFiles = {
  "doctor-v1.js": "sha384-5wD4vBUS6xthu3x8mlQrkm3IhGgpydSSCI67F6pdtUCHmPvKkb8xstVJfG/qHMY1",
  "frame-v1.js": "sha384-yIfvgSqSMbQKEGIbP2yKaka44F9YIHXJU4vTnrMayVx2iXo1uBZRGGTHKa46uvto",
  "v1.d.ts": "sha384-1VmT4xos7bKi4rL4G/LUES1EFtvXJNdk83L3yBNC85YMYK8r53uQaz4/1qlVviD8",
  "v1.js": "sha384-Jndwiop/r96ctYyASd3YnTXegBiQgIuFz6gpTYA9YNC6KQIhWI/ACu84YSzzpNWq",
};

const hashOf = (name: string) =>
  `sha384-${createHash("sha384")
    .update(readFileSync(`public/embed/${name}`))
    .digest("base64")}`;

describe("files in public/embed", () => {
  it("released files never change", () => {
    const hashes = Object.keys(frozenFiles).map((name) => [name, hashOf(name)]);
    expect(Object.fromEntries(hashes)).toEqual(frozenFiles);
  });

  it("every other file belongs to the version that the sources build", () => {
    const builtFiles = Object.values(outputBySource).map((path) => path.split("/").at(-1));
    expect(new Set(readdirSync("public/embed"))).toEqual(
      new Set([...Object.keys(frozenFiles), ...builtFiles, "v2.d.ts"]),
    );
  });
});
