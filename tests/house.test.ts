import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { commandVariables } from "@/scripts/settings";

const read = (file: string) => readFileSync(file, "utf8");

/** Also files that are not committed yet, so that a rule speaks before the commit. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
  maxBuffer: 32 * 1024 * 1024,
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(file));

type Probe = {
  /** Where the probe stands; the room decides which rules hold. */
  file: string;
  code: string;
  /** A piece of the message of the rule that must fire; without one, nothing may. */
  fires?: string;
};

const imports = (name: string) => `import ${JSON.stringify(name)};\n`;

const walls: Probe[] = [
  { file: "app/a.ts", code: imports("@/components/ui/button") },
  { file: "app/b.ts", code: imports("@/server/trpc/caller") },
  { file: "app/c.ts", code: imports("@/server/tenancy/context") },
  { file: "app/d.ts", code: imports("@/server/auth/index") },
  { file: "app/e.ts", code: imports("@/db/client"), fires: "only services query" },
  { file: "app/f/g.ts", code: imports("../../db/client"), fires: "only services query" },
  { file: "app/h.ts", code: imports("@/server/hero/request"), fires: "in-process caller" },
  { file: "app/i.ts", code: imports("@/server/crypto/tokens"), fires: "in-process caller" },
  { file: "app/j.ts", code: imports("@/server/services/links/read"), fires: "in-process caller" },
  { file: "app/k.ts", code: `await import("@/db/client");`, fires: "only services query" },
  { file: "app/l.ts", code: imports("@/scripts/start"), fires: "What runs the product" },

  { file: "app/api/a.ts", code: imports("@/server/services/health") },
  { file: "app/api/b.ts", code: imports("@/db/client"), fires: "A route calls its one service" },
  {
    file: "app/api/c.ts",
    code: imports("@/server/hero/a"),
    fires: "A route calls its one service",
  },
  { file: "app/api/d.ts", code: imports("@/server/crypto/a"), fires: "A route calls its one" },

  { file: "components/a.ts", code: imports("@/components/ui/button") },
  { file: "components/b.ts", code: imports("@/server/schemas/links") },
  {
    file: "components/c.ts",
    code: `import type { R } from "@/server/trpc/router"; export type S = R;`,
  },
  {
    file: "components/d.ts",
    code: `export { r } from "@/server/trpc/router";`,
    fires: "`import type`",
  },
  {
    file: "components/e.ts",
    code: imports("@/server/services/links/read"),
    fires: "in the browser",
  },
  { file: "components/f.ts", code: imports("../server/env"), fires: "run in the browser" },
  { file: "components/g.ts", code: imports("@/db/schema/links"), fires: "takes what it shows" },
  { file: "components/h.ts", code: imports("@/app/page"), fires: "takes what it shows" },
  { file: "components/i.ts", code: imports("node:crypto"), fires: "run in the browser" },
  { file: "components/j.ts", code: imports("server-only"), fires: "run in the browser" },

  { file: "server/routers/a.ts", code: imports("../services/links/read") },
  { file: "server/routers/b.ts", code: imports("../trpc/procedures") },
  { file: "server/routers/c.ts", code: imports("../schemas/links") },
  { file: "server/routers/d.ts", code: imports("@/db/client"), fires: "the service queries" },
  { file: "server/routers/e.ts", code: imports("../hero/request"), fires: "calls Hero" },
  { file: "server/routers/f.ts", code: imports("@/server/crypto/tokens"), fires: "opens secrets" },
  {
    file: "server/routers/g.ts",
    code: imports("./links"),
    fires: "Routers do not know each other",
  },

  { file: "server/v1/a.ts", code: imports("../services/links/read") },
  { file: "server/v1/b.ts", code: imports("../tenancy/context") },
  { file: "server/v1/c.ts", code: imports("@/db/client"), fires: "the service queries" },
  { file: "server/v1/d.ts", code: imports("../hero/errors"), fires: "the service calls Hero" },
  { file: "server/v1/e.ts", code: imports("../crypto/tokens"), fires: "opens secrets" },
  { file: "server/v1/f.ts", code: imports("next/headers"), fires: "the route files are Next's" },

  { file: "server/services/a.ts", code: imports("@/db/client") },
  { file: "server/services/b/c.ts", code: imports("../../hero/request") },
  { file: "server/services/d.ts", code: imports("../trpc/context"), fires: "how it is called" },
  { file: "server/services/i.ts", code: imports("../v1/problems"), fires: "how it is called" },
  { file: "server/services/b/e.ts", code: imports("../../routers/a"), fires: "how it is called" },
  { file: "server/services/f.ts", code: imports("next/headers"), fires: "the web framework" },
  { file: "server/services/g.ts", code: imports("@/components/ui/a"), fires: "Imports go one way" },
  { file: "server/services/h.ts", code: imports("@/app/page"), fires: "Imports go one way" },

  { file: "server/hero/a.ts", code: imports("zod") },
  { file: "server/hero/b.ts", code: imports("../env") },
  { file: "server/hero/c.ts", code: imports("./generated") },
  { file: "server/hero/d.ts", code: imports("@/db/client"), fires: "keeps nothing" },
  { file: "server/hero/e.ts", code: imports("../services/a"), fires: "the contract only" },
  { file: "server/hero/f.ts", code: imports("../tenancy/context"), fires: "the contract only" },

  { file: "server/crypto/a.ts", code: imports("node:crypto") },
  { file: "server/crypto/b.ts", code: imports("../env") },
  { file: "server/crypto/c.ts", code: imports("zod"), fires: "nothing else" },
  { file: "server/crypto/d.ts", code: imports("../log"), fires: "nothing else" },
  { file: "server/crypto/e.ts", code: imports("@/db/client"), fires: "nothing else" },

  { file: "server/schemas/a.ts", code: imports("zod") },
  { file: "server/schemas/b.ts", code: imports("./text") },
  { file: "server/schemas/c.ts", code: imports("../env"), fires: "zod only" },
  { file: "server/tenancy/a.ts", code: imports("../services/a"), fires: "beneath the services" },
  { file: "server/jobs/a.ts", code: imports("@/components/ui/a"), fires: "Imports go one way" },

  { file: "db/a.ts", code: imports("drizzle-orm") },
  { file: "db/b.ts", code: imports("@/server/env") },
  { file: "db/c.ts", code: imports("@/server/log"), fires: "Drizzle, postgres and server/env" },
  { file: "db/d.ts", code: imports("../server/env"), fires: "by `@/`" },
  { file: "db/e.ts", code: `export { t } from "@/server/schemas/links";`, fires: "takes types" },
  { file: "db/f.ts", code: imports("@/app/page"), fires: "Imports go one way" },

  { file: "sandbox/a.ts", code: imports("hono") },
  {
    file: "sandbox/b.ts",
    code: `import type { T } from "@/server/hero/generated"; export type U = T;`,
  },
  {
    file: "sandbox/c.ts",
    code: `export { T } from "@/server/hero/generated";`,
    fires: "types only",
  },
  { file: "sandbox/d.ts", code: imports("@/server/env"), fires: "a process of its own" },
  { file: "sandbox/e.ts", code: imports("@/db/client"), fires: "a process of its own" },
  { file: "sandbox/f.ts", code: imports("../server/env"), fires: "a process of its own" },
  ...["app", "app/api", "components", "server", "server/services", "db", "scripts", "tests"].map(
    (room): Probe => ({
      file: `${room}/imports-sandbox.ts`,
      code: imports("@/sandbox/main"),
      fires: "speak to it over HTTP",
    }),
  ),
];

const habits: Probe[] = [
  { file: "server/m.ts", code: "console.log(1);\n", fires: "Unexpected console" },
  { file: "server/n.ts", code: "export const a = process.env.PORT;\n", fires: "process.env" },
  { file: "db/o.ts", code: "export const a = process.env.PORT;\n", fires: "process.env" },
  { file: "server/env.ts", code: "export const a = process.env.PORT;\n" },
  { file: "scripts/p.ts", code: "console.log(process.env.PORT);\n" },
  { file: "server/q.ts", code: "export const a: any = 1;\n", fires: "any" },
  { file: "server/r.ts", code: "// @ts-ignore\nexport const a = 1;\n", fires: "@ts-ignore" },
  {
    file: "tests/s.test.ts",
    code: `import { vi } from "vitest";\nvi.mock("zod");\n`,
    fires: "no module mocks",
  },
  {
    file: "tests/t.test.ts",
    code: `import { it } from "vitest";\nit.skip("a", () => {});\n`,
    fires: "skip",
  },
  {
    file: "tests/u.test.ts",
    code: `import { it } from "vitest";\nit.only("a", () => {});\n`,
    fires: "focused",
  },
  {
    file: "server/v.ts",
    code: "const query = { then: (done: (rows: number[]) => void) => done([]) };\nexport function a() {\n  query;\n  Promise.resolve();\n}\n",
    fires: "Promises must be awaited",
  },
  {
    file: "server/w.ts",
    code: "export const a = [1].filter(async (n) => n > 1);\n",
    fires: "non-Promise",
  },
];

const lintReport = z.object({
  diagnostics: z.array(
    z.object({ message: z.string(), help: z.string().optional(), filename: z.string() }),
  ),
});

describe("the walls of the house", () => {
  let messages = new Map<string, string[]>();
  const house = mkdtempSync(join(tmpdir(), "portal-house-"));

  beforeAll(() => {
    for (const file of [".oxlintrc.json", "tsconfig.json"]) cpSync(file, join(house, file));
    symlinkSync(resolve("node_modules"), join(house, "node_modules"));
    for (const { file, code } of [...walls, ...habits]) {
      mkdirSync(dirname(join(house, file)), { recursive: true });
      writeFileSync(join(house, file), code);
    }
    const lint = spawnSync(resolve("node_modules/.bin/oxlint"), ["--type-aware", "-f", "json"], {
      cwd: house,
      encoding: "utf8",
      maxBuffer: 32 * 1024 * 1024,
    });
    const { diagnostics } = lintReport.parse(JSON.parse(lint.stdout));
    messages = new Map(
      [...Map.groupBy(diagnostics, ({ filename }) => filename)].map(([file, found]) => [
        file,
        found.map(({ message, help }) => `${message} ${help ?? ""}`),
      ]),
    );
  });

  afterAll(() => rmSync(house, { recursive: true, force: true }));

  const forbidden = [...walls, ...habits].filter((probe) => probe.fires);
  const allowed = [...walls, ...habits].filter((probe) => !probe.fires);

  it.each(forbidden)("stop $code in $file", ({ file, fires }) => {
    expect((messages.get(file) ?? []).join("\n")).toContain(fires);
  });

  it.each(allowed)("let $code through in $file", ({ file }) => {
    expect(messages.get(file) ?? []).toEqual([]);
  });
});

describe("the house", () => {
  const isSource = (file: string) => /\.(ts|tsx|js|mjs)$/.test(file);

  it("keeps server code out of the browser, file by file", () => {
    const free = /^server\/(schemas\/|env\.ts$|hero\/generated\/)/;
    const open = files
      .filter((file) => /^(server|db)\//.test(file) && isSource(file) && !free.test(file))
      .filter((file) => !read(file).startsWith('import "server-only";\n'));
    expect(open).toEqual([]);
  });

  it("switches no check off", () => {
    const switches = new RegExp(
      ["(eslint|oxlint|biome)-(disable|ignore)", "@ts-(ignore|expect-error|nocheck)"].join("|"),
    );
    const found = files
      .filter((file) => isSource(file) && file !== "tests/house.test.ts")
      .filter((file) => switches.test(read(file)));
    expect(found).toEqual([]);
  });

  it("names no machine and no package registry", () => {
    const paths = /(^|["'`\s=(:])\/(root|home|Users|work|private)\/[\w.-]/m;
    const registries = /registry\.(npmjs|yarnpkg|npmmirror)|"resolved": "[a-z+]+:/;
    const found = files
      .filter((file) => !/\.(png|ico|woff2|svg|webp)$/.test(file))
      .filter((file) => file !== "tests/house.test.ts")
      .filter((file) => paths.test(read(file)) || registries.test(read(file)));
    expect(found).toEqual([]);
  });

  it("keeps its README under a hundred lines", () => {
    const lines = existsSync("README.md") ? read("README.md").split("\n").length : 0;
    expect(lines).toBeLessThan(100);
  });

  it("describes every setting in .env.example, and no other", () => {
    const described = [...read(".env.example").matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)];
    const server = [...read("server/env.ts").matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)];
    const names = (matches: RegExpMatchArray[]) => matches.map(([, name]) => name ?? "");
    expect(server.length).toBeGreaterThan(5);
    expect(names(described).sort()).toEqual(
      [...new Set([...names(server), ...commandVariables])].sort(),
    );
  });

  it("allows install scripts by name only", () => {
    expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  });
});

describe("versions with known faults", () => {
  const packageFile = z.object({ version: z.string() });
  const installed = (name: string) =>
    packageFile.parse(JSON.parse(read(`node_modules/${name}/package.json`))).version;

  const isAtLeast = (version: string, floor: string) => {
    const [parts, floors] = [version, floor].map((text) => text.split(/[.-]/).map(Number));
    for (const [place, least] of (floors ?? []).entries()) {
      const part = parts?.[place] ?? 0;
      if (part !== least) return part > least;
    }
    return true;
  };

  it("c6: Next is newer than the faults of July 2026", () => {
    expect(isAtLeast(installed("next"), "16.2.11")).toBe(true);
    expect(isAtLeast("16.2.10", "16.2.11")).toBe(false);
  });

  it("c7: React is newer than the remote execution in Flight and what followed", () => {
    for (const name of ["react", "react-dom"]) {
      expect(isAtLeast(installed(name), "19.2.6")).toBe(true);
    }
    expect(isAtLeast("19.2.5", "19.2.6")).toBe(false);
  });
});
