import { parseArgs } from "node:util";

const publishedDescription =
  "https://developer.herohealth.net/_bundle/apis/public-api/openapi.yaml";

export const contractCheckHelp = `Usage: bin/contract-check [options] [file or address of a description]

  bin/contract-check                       compare Hero's published description with openapi/hero.yaml
  bin/contract-check new.yaml              compare a file, YAML or JSON
  bin/contract-check https://…/openapi.yaml
                                           compare the description at an address
  bin/contract-check --mock http://localhost:4010/base
                                           call every function of the client at a mock server of the contract
  bin/contract-check --staging             call the reading functions at Hero's staging environment
  bin/contract-check --staging --with-test-link
                                           also create one booking link for no patient, change it and close it
  bin/contract-check --write-docs          write docs/assumptions.md from server/hero/assumptions.ts

--staging reads HERO_CHECK_API_KEY and HERO_CHECK_PRACTICE_GROUP_ID, and HERO_STAGING_URL for another
address. HERO_CHECK_PATIENT_ID, HERO_CHECK_APPOINTMENT_ID, HERO_CHECK_FORM_RESPONSE_ID,
HERO_CHECK_MESSAGE_ID and HERO_CHECK_BATCH_ID are a test patient, a test appointment, a submitted form, a
message and a batch of messages to test patients of that practice: without them, none is read. A comparison
prints every difference, then each assumption as confirmed, refuted or open.

Exit codes: 0 nothing contradicts the portal; 1 an assumption that the code relies on is refuted, an
operation it uses has changed in a way that breaks it, or a call failed; 2 the check could not run.
`;

type Options =
  | { task: "help" | "write-docs" }
  | { task: "compare"; source: string }
  | { task: "mock"; baseUrl: string }
  | { task: "staging"; withTestLink: boolean };

/** @throws Error with one sentence when the options do not fit together. */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h", default: false },
      mock: { type: "string" },
      staging: { type: "boolean", default: false },
      "with-test-link": { type: "boolean", default: false },
      "write-docs": { type: "boolean", default: false },
    },
  });
  if (values.help) return { task: "help" };
  const tasks = [
    values.mock !== undefined,
    values.staging,
    values["write-docs"],
    positionals.length > 0,
  ];
  if (tasks.filter(Boolean).length > 1 || positionals.length > 1) {
    throw new Error("Give one of a description, --mock, --staging and --write-docs.");
  }
  if (values["with-test-link"] && !values.staging) {
    throw new Error("--with-test-link needs --staging.");
  }
  if (values["write-docs"]) return { task: "write-docs" };
  if (values.staging) return { task: "staging", withTestLink: values["with-test-link"] };
  if (values.mock !== undefined) return { task: "mock", baseUrl: values.mock };
  return { task: "compare", source: positionals[0] ?? publishedDescription };
}
