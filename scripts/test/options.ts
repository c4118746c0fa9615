import { parseArgs } from "node:util";

export const testHelp = `Usage: bin/test [options] [test files]

  bin/test                                 run every check and test; ends with "N passed, N failed"
  bin/test --check                         format, lint, types, unused code
  bin/test --quick                         the same, unit tests, and the database tests your change affects
  bin/test tests/services/links.test.ts    one file; a .spec.ts file runs in the browser
  bin/test --name "a used secret"          unit and database tests whose title contains a text

Options can be combined with files. The tests start their own PostgreSQL, sandbox and portal. To use a
portal that is already running, set PORTAL_DATA_DIR to its data folder.
`;

/** @throws Error with one sentence when an option is unknown. */
export function readTestOptions(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      check: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      name: { type: "string", short: "t" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return { ...values, files: positionals };
}
