import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseSync } from "oxc-parser";

/** One import in a source file: of a file of the project, or of a package. */
export type Import = {
  from: string;
  /** Path of the imported file, or undefined for a package. */
  to: string | undefined;
  specifier: string;
  isTypeOnly: boolean;
};

/** Source files in the checkout, including those that are not committed yet. */
export function listSourceFiles(): string[] {
  const list = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
    maxBuffer: 32 * 1024 * 1024,
  });
  return list.split("\n").filter((file) => /\.(ts|tsx|js|mjs)$/.test(file) && existsSync(file));
}

export function readImports(file: string): Import[] {
  return parseImports(file, readFileSync(file, "utf8"));
}

export function parseImports(file: string, source: string): Import[] {
  const { module } = parseSync(file, source);
  const found: { specifier: string; isTypeOnly: boolean }[] = [];
  for (const { moduleRequest, entries } of module.staticImports) {
    const isTypeOnly = entries.length > 0 && entries.every(({ isType }) => isType);
    found.push({ specifier: moduleRequest.value, isTypeOnly });
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries)
      if (moduleRequest) found.push({ specifier: moduleRequest.value, isTypeOnly: isType });
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const text = source.slice(moduleRequest.start, moduleRequest.end);
    const [, specifier] = /^["'`]([^"'`$]+)["'`]$/.exec(text) ?? [];
    if (specifier) found.push({ specifier, isTypeOnly: false });
  }
  // `typeof import("…")` and other types written inline.
  for (const [, specifier = ""] of source.matchAll(/\bimport\("([^"]+)"\)\./g))
    found.push({ specifier, isTypeOnly: true });
  return found.map((item) => ({ ...item, from: file, to: resolveSpecifier(file, item.specifier) }));
}

/** Where a path leads in the project, with `@/` as its root; undefined for a package. */
function resolveSpecifier(file: string, specifier: string): string | undefined {
  const path = specifier.startsWith("@/")
    ? specifier.slice(2)
    : specifier.startsWith(".")
      ? normalize(join(dirname(file), specifier))
      : undefined;
  if (path === undefined) return undefined;
  const endings = ["", ".ts", ".tsx", ".js", ".mjs", ".css", "/index.ts", "/index.tsx"];
  const candidate = endings.map((ending) => `${path}${ending}`).find((name) => isFile(name));
  return candidate ?? path;
}

const isFile = (path: string) => existsSync(path) && /\.\w+$/.test(path);
