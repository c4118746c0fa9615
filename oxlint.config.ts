import { defineConfig, type OxlintOverride } from "oxlint";

type ModuleRule = {
  /** Modules, or single files, that it may import besides itself. */
  mayImport: string[];
  /** Modules or files of which it may import types, but nothing that runs. */
  mayImportTypes?: string[];
  /** True when its files must not import each other. */
  isFlat?: boolean;
  /** Packages it must not import, as patterns in the syntax of `.gitignore`. */
  forbiddenPackages?: string[];
  /** Shown when an import is not allowed. */
  reason: string;
};

const serverBase = ["server/env", "server/errors", "server/log"];
const callers = [
  "server/auth",
  "server/http",
  "server/schemas",
  "server/services",
  "server/tenancy",
];
const ourFiles = ["!./**", "!../**", "!@/**"];

/**
 * The modules of the project, and what each may import. A module imports only what stands above it.
 * `docs/architecture.md` draws this table; `tests/architecture.test.ts` checks every import against it.
 */
export const modules: Record<string, ModuleRule> = {
  "server/schemas": {
    mayImport: [],
    forbiddenPackages: [
      "*",
      ...["!zod", "!libphonenumber-js", "!libphonenumber-js/max"],
      ...ourFiles,
    ],
    reason: "Schemas import zod and the rules of phone numbers only: browsers load them too.",
  },
  embed: {
    mayImport: ["server/schemas"],
    forbiddenPackages: ["*", ...ourFiles],
    reason: "Scripts for partners' pages import their own files and server/schemas only.",
  },
  "server/env": {
    mayImport: [],
    mayImportTypes: ["server/schemas"],
    reason: "Settings are below everything else: they import zod only.",
  },
  "server/log": { mayImport: ["server/env"], reason: "The log imports settings only." },
  "server/errors": {
    mayImport: ["server/log", "server/schemas"],
    reason: "Errors are below what throws them.",
  },
  "server/crypto": {
    mayImport: ["server/env"],
    forbiddenPackages: ["*", "!node:crypto", "!server-only", ...ourFiles],
    reason: "Cryptography imports node:crypto and server/env only, so that it can be read whole.",
  },
  "server/hero": {
    mayImport: ["server/schemas/dates", ...serverBase],
    forbiddenPackages: ["next", "next/**", "react", "react/**"],
    reason: "The Hero client knows the contract only; policy lives in services.",
  },
  db: {
    mayImport: ["server/env", "server/schemas/permissions"],
    mayImportTypes: ["server/schemas"],
    forbiddenPackages: ["next", "next/**", "react", "zod", "hono", "pg-boss", "next-auth"],
    reason: "The database module imports Drizzle, postgres, server/env and the list of roles only.",
  },
  "server/tenancy": {
    mayImport: ["db", "server/crypto", "server/schemas", ...serverBase],
    mayImportTypes: ["server/hero"],
    reason: "Tenancy is below the services: they import it.",
  },
  "server/queue": {
    mayImport: ["db", ...serverBase],
    mayImportTypes: ["server/schemas"],
    reason: "The queue is below the services, which enqueue, and the jobs, which run.",
  },
  "server/services": {
    mayImport: [
      ...["db", "server/crypto", "server/hero", "server/queue", "server/schemas"],
      ...["server/tenancy", ...serverBase],
    ],
    forbiddenPackages: ["next", "next/**"],
    reason: "A service does not know how it is called: no web framework, router or job.",
  },
  "server/jobs": {
    mayImport: [
      ...["db", "server/queue", "server/schemas", "server/services", "server/tenancy"],
      ...serverBase,
    ],
    reason: "A job calls services, and only the worker runs jobs.",
  },
  "server/auth": {
    mayImport: ["server/schemas", "server/services", "server/tenancy", ...serverBase],
    reason: "Sign-in is built on services and tenancy.",
  },
  "server/http": {
    mayImport: ["db/errors", "server/hero/errors", ...serverBase],
    reason: "What tRPC and /api/v1 share must not know either of them, or a service.",
  },
  "server/trpc": {
    mayImport: [...callers, ...serverBase],
    reason: "tRPC must not know /api/v1; only services query and call Hero.",
  },
  "server/v1": {
    mayImport: [...callers, ...serverBase],
    forbiddenPackages: ["next", "next/**"],
    reason: "The partner API must not know tRPC or Next; only services query and call Hero.",
  },
  "server/routers": {
    mayImport: ["server/schemas", "server/services", "server/trpc"],
    isFlat: true,
    reason: "A router is a table of contents: services query, call Hero and open secrets.",
  },
  "server/routers/root": {
    mayImport: ["server/routers", "server/trpc"],
    reason: "The root router joins the routers and does nothing else.",
  },
  "server/portal": {
    mayImport: [
      ...["server/auth", "server/http", "server/routers/root", "server/schemas"],
      ...["server/tenancy", "server/trpc", ...serverBase],
    ],
    reason: "Pages reach services through the routers, which check the caller and the tenant.",
  },
  components: {
    mayImport: ["embed", "server/schemas"],
    mayImportTypes: ["server/routers/root", "server/v1"],
    forbiddenPackages: [
      ...["node:*", "server-only", "next/headers", "next-auth", "next-auth/**"],
      ...["drizzle-orm", "drizzle-orm/**", "postgres", "pg-boss", "nodemailer"],
    ],
    reason:
      "Components run in the browser: of the server they import server/schemas, and the root router's type.",
  },
  app: {
    mayImport: [
      ...["components", "server/auth", "server/portal", "server/schemas", "server/tenancy"],
      "server/v1",
    ],
    reason: "A page calls the in-process caller, which checks the caller and the tenant.",
  },
  "app/api": {
    mayImport: [...callers, "server/portal", "server/routers/root", "server/trpc", "server/v1"],
    reason: "An API route calls its one service, which holds the key and the rules.",
  },
  sandbox: {
    mayImport: [],
    mayImportTypes: ["server/hero"],
    reason: "The sandbox is a separate process: it shares only the contract's types.",
  },
  scripts: {
    mayImport: [
      ...["app/api", "db", "server/crypto", "server/hero", "server/jobs", "server/queue"],
      ...["server/schemas", "server/services", "server/tenancy", "server/v1", ...serverBase],
    ],
    reason: "Scripts run the product; they do not import its screens, the sandbox or tests.",
  },
};

/** Specifiers that lead into one of the modules, written with `@/` or relative to a file of `from`. */
function specifiersOf(from: string, names: string[]): string {
  const serverNames = names.filter((name) => name.startsWith("server/"));
  const otherNames = names.filter((name) => !name.startsWith("server/"));
  const serverFolders = serverNames.map((name) => name.slice("server/".length));
  // Inside `server`, a relative path to another of its modules does not name `server`.
  const relativePrefix = serverBase.includes(from) ? "\\./" : "(\\.\\./)+(server/)?";
  const serverPrefix = from.startsWith("server/")
    ? `(@/server/|${relativePrefix})`
    : "(@/|(\\.\\./)+)server/";
  const patterns = [];
  if (otherNames.length > 0) patterns.push(`^(@/|(\\.\\./)+)(${otherNames.join("|")})(/|$)`);
  if (serverFolders.length > 0) patterns.push(`^${serverPrefix}(${serverFolders.join("|")})(/|$)`);
  return patterns.join("|");
}

/** The lint rule of one module: everything of ours that it may not import is forbidden. */
function restrictImports(name: string, rule: ModuleRule): OxlintOverride {
  const { mayImport, mayImportTypes = [], forbiddenPackages, isFlat, reason: message } = rule;
  const allowed = [name, ...mayImport, ...mayImportTypes];
  const others = [...Object.keys(modules), "tests", "bench"].filter(
    (other) => !allowed.includes(other) && !name.startsWith(`${other}/`),
  );
  const allowedInside = (other: string) => allowed.filter((item) => item.startsWith(`${other}/`));
  const forbidden = others.filter((other) => allowedInside(other).length === 0);
  const partlyForbidden = others.filter((other) => allowedInside(other).length > 0);
  const shortName = (path: string) => path.replace(/^server\//, "");
  const everythingBut = (other: string, items: string[]) => [
    `**/${shortName(other)}/**`,
    ...items.flatMap((item) => [`!**/${shortName(item)}`, `!**/${shortName(item)}/**`]),
  ];
  return {
    files: [`${name}/**`, `${name}.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            ...mayImportTypes.map((other) => {
              const items = mayImport.filter((item) => item.startsWith(`${other}/`));
              return items.length > 0
                ? { group: everythingBut(other, items), message, allowTypeImports: true }
                : { regex: specifiersOf(name, [other]), message, allowTypeImports: true };
            }),
            { regex: specifiersOf(name, forbidden), message },
            ...partlyForbidden.map((other) => ({
              group: everythingBut(other, allowedInside(other)),
              message,
            })),
            ...(forbiddenPackages ? [{ group: forbiddenPackages, message }] : []),
            ...(isFlat ? [{ regex: `^(\\./|@/${name}/)`, message }] : []),
          ],
        },
      ],
    },
  };
}

const noModuleMocks =
  "Do not mock modules: use the real database, and a real server in place of Hero.";
const separateSandbox = "The sandbox stands in for Hero: call it over HTTP, as Hero itself.";

export default defineConfig({
  plugins: [
    ...(["typescript", "unicorn", "oxc", "react", "jsx-a11y", "nextjs", "import"] as const),
    ...(["node", "promise", "vitest"] as const),
  ],
  categories: { correctness: "error" },
  ignorePatterns: [
    ...["node_modules", "**/.next", "**/.data*", "server/hero/generated", "db/migrations"],
    ...["public/embed/*.js", "next-env.d.ts"],
  ],
  rules: {
    "typescript/no-floating-promises": ["error", { checkThenables: true }],
    "typescript/no-misused-promises": "error",
    "typescript/no-explicit-any": "error",
    "typescript/ban-ts-comment": "error",
    "unicorn/no-abusive-eslint-disable": "error",
    "no-console": "error",
    "jsx-a11y/prefer-tag-over-role": "off",
    "jsx-a11y/no-noninteractive-tabindex": "off",
    "jsx-a11y/no-noninteractive-element-interactions": "off",
    "jsx-a11y/click-events-have-key-events": "off",
    "react/refs": "off",
    "react/set-state-in-effect": "off",
    "typescript/no-misused-spread": "off",
    "unicorn/no-useless-spread": "off",
    "promise/no-callback-in-promise": "off",
    "vitest/require-to-throw-message": "off",
    "vitest/expect-expect": "off",
    "vitest/no-conditional-expect": "off",
    "no-empty-pattern": ["error", { allowObjectPatternsAsParameters: true }],
    "vitest/valid-expect": ["error", { maxArgs: 2 }],
    "node/no-process-env": ["error", { allowedVariables: ["NODE_ENV", "NEXT_RUNTIME"] }],
    "vitest/no-disabled-tests": "error",
    "vitest/no-focused-tests": "error",
    "vitest/no-restricted-vi-methods": [
      "error",
      { mock: noModuleMocks, doMock: noModuleMocks, hoisted: noModuleMocks },
    ],
    "no-restricted-imports": [
      "error",
      { patterns: [{ regex: "^(@/|(\\.\\./)+)sandbox(/|$)", message: separateSandbox }] },
    ],
  },
  overrides: [
    {
      files: ["scripts/**", "tests/**", "bench/**", "sandbox/**"],
      rules: { "no-console": "off", "node/no-process-env": "off" },
    },
    {
      files: ["sandbox/**"],
      rules: {
        "react/jsx-key": "off",
        "jsx-a11y/label-has-associated-control": "off",
        "nextjs/no-html-link-for-pages": "off",
        "nextjs/no-head-element": "off",
        "nextjs/no-css-tags": "off",
      },
    },
    {
      files: ["*.config.{ts,js,mjs}", "server/env.ts"],
      rules: { "node/no-process-env": "off" },
    },
    { files: ["server/log.ts"], rules: { "no-console": "off" } },
    ...Object.entries(modules).map(([name, rule]) => restrictImports(name, rule)),
  ],
});
