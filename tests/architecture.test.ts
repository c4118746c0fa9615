import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { modules } from "@/oxlint.config";
import { type Import, listSourceFiles, parseImports, readImports } from "./support/imports";

const moduleNames = Object.keys(modules);
const checkedFolders = ["server", "components", "sandbox", "app", "embed", "db", "scripts"];
const files = listSourceFiles().filter((file) =>
  checkedFolders.some((folder) => file.startsWith(`${folder}/`)),
);
const imports = files.flatMap(readImports);
/** What nothing of the product may import. */
const outside = ["tests", "bench"];

/** The module of a file: the longest of the table's names that leads to it. */
function moduleOf(file: string): string | undefined {
  const path = file.replace(/\.[a-z]+$/, "");
  return moduleNames
    .filter((name) => path === name || file.startsWith(`${name}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}

/** Whether a file of module `from` may import the file `to`. */
function isAllowed(from: string, to: string, isTypeOnly: boolean): boolean {
  const { mayImport = [], mayImportTypes = [], isFlat = false } = modules[from] ?? {};
  const imported = moduleOf(to);
  if (imported === undefined) return true;
  if (imported === from) return !isFlat;
  const names = [imported, to.replace(/\.[a-z]+$/, "")];
  const allowed = isTypeOnly ? [...mayImport, ...mayImportTypes] : mayImport;
  return names.some((name) => allowed.includes(name));
}

/** Groups of files that import each other, directly or through others. */
function findCycles(edges: Import[]): string[][] {
  const targets = Map.groupBy(edges, ({ from }) => from);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): number => {
    const position = order.size;
    order.set(file, position);
    lowest.set(file, position);
    stack.push(file);
    for (const { to } of targets.get(file) ?? []) {
      if (to === undefined || (order.has(to) && !stack.includes(to))) continue;
      const reached = order.has(to) ? (order.get(to) ?? position) : visit(to);
      lowest.set(file, Math.min(lowest.get(file) ?? position, reached));
    }
    const reachedPosition = lowest.get(file) ?? position;
    if (reachedPosition === position) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1) cycles.push(group.toSorted());
    }
    return reachedPosition;
  };
  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return cycles;
}

describe("the table of modules", () => {
  it("the table of modules names the module of every file", () => {
    expect(files.filter((file) => moduleOf(file) === undefined)).toEqual([]);
  });

  it("the table lets a module import only modules above it", () => {
    const position = (path: string) => moduleNames.indexOf(moduleOf(path) ?? "");
    const upward = Object.entries(modules).flatMap(([name, { mayImport, mayImportTypes = [] }]) =>
      [...mayImport, ...mayImportTypes]
        .filter((other) => position(other) < 0 || position(other) >= position(name))
        .map((other) => `${name} imports ${other}`),
    );
    expect(upward).toEqual([]);
  });

  it("every import in the source follows the table", () => {
    const offences = imports.flatMap(({ from, to, isTypeOnly }) => {
      const importer = moduleOf(from);
      if (!importer || !to || isAllowed(importer, to, isTypeOnly)) return [];
      return [`${from} imports ${to}: ${modules[importer]?.reason}`];
    });
    expect(imports.length).toBeGreaterThan(3_000);
    expect(offences).toEqual([]);
  });
});

describe("imports between files", () => {
  it("files do not import each other in a cycle, types included", () => {
    expect(findCycles(imports)).toEqual([]);
  });

  it("a cycle of imports would be found", () => {
    const edge = (from: string, to: string): Import => ({
      from,
      to,
      specifier: to,
      isTypeOnly: false,
    });
    const edges = [edge("a", "b"), edge("b", "c"), edge("c", "b"), edge("c", "d"), edge("a", "d")];
    expect(findCycles(edges)).toEqual([["b", "c"]]);
  });

  it("imports are found in every form of the language", () => {
    const source = `
      import "./a";
      import { b } from "@/server/b";
      import type { C } from "../c";
      export { d } from "./d";
      export type { E } from "./e";
      const f = await import("./f");
      type G = import("./g").G;
      import { h } from "zod";
    `;
    const found = parseImports("server/services/x.ts", source);
    expect(found.map(({ to, isTypeOnly }) => `${to}${isTypeOnly ? " (type)" : ""}`)).toEqual([
      "server/services/a",
      "server/b",
      "server/c (type)",
      "undefined",
      "server/services/d",
      "server/services/e (type)",
      "server/services/f",
      "server/services/g (type)",
    ]);
  });
});

type Probe = {
  file: string;
  code: string;
  isForbidden: boolean;
};

const isFile = (name: string) => /^server\/(env|errors|log)$|\/root$/.test(name);

/** The file of a module that a probe imports. */
const probeTarget = (name: string) => (isFile(name) ? name : `${name}/probe`);

/** How a file in a folder can name another file: with `@/`, and relative. */
function specifiersOf(folder: string, target: string): string[] {
  const path = relative(folder, target);
  return [`@/${target}`, path.startsWith(".") ? path : `./${path}`];
}

/** In each module a file for each other module, with both forms of a path and both kinds of import. */
const probes: Probe[] = moduleNames
  .filter((from) => !isFile(from))
  .flatMap((from) =>
    [...moduleNames, ...outside]
      // Lint does not compare `app` with `app/api`; the test of every import does.
      .filter((to) => !`${to}/`.startsWith(`${from}/`) && !from.startsWith(`${to}/`))
      .flatMap((to) =>
        specifiersOf(from, probeTarget(to)).flatMap((specifier, index) =>
          [false, true].map((isTypeOnly) => ({
            file: `${from}/probe-${to.replaceAll("/", "-")}-${index}-${isTypeOnly}.ts`,
            code: isTypeOnly
              ? `import type { a } from "${specifier}";\nexport type B = a;\n`
              : `import { a } from "${specifier}";\nexport const b = a;\n`,
            isForbidden: !isAllowed(from, probeTarget(to), isTypeOnly) || outside.includes(to),
          })),
        ),
      ),
  );

const packageProbes: (Probe & { module: string })[] = [
  ["server/schemas", "zod", false],
  ["server/schemas", "node:crypto", true],
  ["server/crypto", "node:crypto", false],
  ["server/crypto", "zod", true],
  ["server/hero", "zod", false],
  ["server/hero", "next/headers", true],
  ["server/services", "next/headers", true],
  ["server/v1", "next/headers", true],
  ["components", "react", false],
  ["components", "node:crypto", true],
  ["components", "server-only", true],
  ["components", "drizzle-orm", true],
  ["db", "drizzle-orm", false],
  ["db", "zod", true],
  ["embed", "zod", true],
].map(([module, name, isForbidden], index) => ({
  module: String(module),
  file: `${module}/package-${index}.ts`,
  code: `import "${name}";\n`,
  isForbidden: isForbidden === true,
}));

const lintReport = z.object({
  diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })),
});

describe("lint", () => {
  const folder = mkdtempSync(join(tmpdir(), "portal-architecture-"));
  let offenders = new Set<string>();

  beforeAll(() => {
    for (const file of ["oxlint.config.ts", "tsconfig.json"]) cpSync(file, join(folder, file));
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    for (const { file, code } of [...probes, ...packageProbes]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), code);
    }
    const lint = spawnSync(resolve("node_modules/.bin/oxlint"), ["-f", "json"], {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    const { diagnostics } = lintReport.parse(JSON.parse(lint.stdout));
    offenders = new Set(
      diagnostics
        .filter(({ code }) => code.includes("no-restricted-imports"))
        .map(({ filename }) => filename),
    );
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(moduleNames)("lint allows %s what the table allows, and nothing else", (name) => {
    const ownProbes = probes.filter(({ file }) => moduleOf(file) === name);
    const differences = ownProbes
      .filter(({ file, isForbidden }) => offenders.has(file) !== isForbidden)
      .map(({ file, code, isForbidden }) => ({ file, code, isForbidden }));
    expect(differences).toEqual([]);
  });

  it.each(packageProbes)("lint checks the packages of $module: $code", (probe) => {
    expect(offenders.has(probe.file)).toBe(probe.isForbidden);
  });
});

describe("c31: sending a message", () => {
  const sources = listSourceFiles().filter((file) =>
    /^(app|components|server|scripts)\//.test(file),
  );
  const read = (file: string) => readFileSync(file, "utf8");

  it("one function releases messages, and no other code reaches Hero's sendMessage", () => {
    const named = /\bsendMessage\b|\bhero\/messages"\)|\* as \w+ from "[^"]*hero\/messages"/;
    const importers = sources.filter((file) =>
      readImports(file).some(
        ({ to, isTypeOnly }) => to === "server/hero/messages.ts" && !isTypeOnly,
      ),
    );
    expect(importers.filter((file) => named.test(read(file)))).toEqual([
      // Against the sandbox or staging, by hand.
      "scripts/contract-check/client-calls.ts",
      "server/services/messages/release.ts",
    ]);
    const withPath = sources.filter(
      (file) => !file.includes("/generated/") && read(file).includes("/v1/messages/send"),
    );
    expect(withPath).toEqual(["server/hero/messages.ts"]);
  });

  it("no code of the portal reaches Hero's sendBatchMessage", () => {
    const named = /\bsendBatch\b|\bhero\/batches"\)|\* as \w+ from "[^"]*hero\/batches"/;
    const importers = sources.filter((file) =>
      readImports(file).some(
        ({ to, isTypeOnly }) => to === "server/hero/batches.ts" && !isTypeOnly,
      ),
    );
    // Against the sandbox or staging, by hand.
    expect(importers.filter((file) => named.test(read(file)))).toEqual([
      "scripts/contract-check/client-calls.ts",
    ]);
    const withPath = sources.filter(
      (file) => !file.includes("/generated/") && /v1\/batch_message\/.*\/send/.test(read(file)),
    );
    // The list of assumptions only describes it.
    expect(withPath).toEqual(["server/hero/assumptions.ts", "server/hero/batches.ts"]);
  });

  it("only the worker's loop releases messages", () => {
    const callers = sources.filter((file) =>
      readImports(file).some(
        ({ to, isTypeOnly }) => to === "server/services/messages/release.ts" && !isTypeOnly,
      ),
    );
    expect(callers).toEqual(["server/jobs/message-loop.ts"]);
  });
});
