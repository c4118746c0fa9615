import { assumptions } from "@/server/hero/assumptions";

export const assumptionsFile = "docs/assumptions.md";

const escapeCell = (text: string) => text.replaceAll("|", "\\|");

/** `docs/assumptions.md`, from the list in the code. */
export function buildAssumptionsPage(): string {
  const rows = assumptions.map((entry) =>
    [
      entry.id,
      entry.subject,
      entry.assumption,
      entry.reliedOnBy.map((file) => `\`${file}\``).join(", ") || "–",
      entry.whenWrong,
      entry.stagingTest,
    ].map(escapeCell),
  );
  const header = [
    ...["#", "Not documented", "We assume", "Relied on by"],
    ...["If it is wrong, people see", "Test on Hero's staging environment"],
  ];
  return `# What we assume about Hero

Generated from \`server/hero/assumptions.ts\` by \`bin/contract-check --write-docs\`.

Where Hero's public documentation is silent, the portal assumes something. Each row is an assumption until Hero or
its staging environment confirms it. Comments and tests cite a row as \`assumption 14\`. \`bin/contract-check\` compares
the rows with a description of Hero's API, and the sandbox answers in two ways wherever a row leaves a choice
(\`sandbox/api/dialect.ts\`).

Last checked in November 2026: \`--mock\` against Prism 5.16.0 (\`npx @stoplight/prism-cli mock openapi/hero.yaml\`, behind
a path) understood 19 of 19 functions; \`--staging --with-test-link\` against the sandbox found no difference, and against
the sandbox's second dialect the differences of rows 11, 19, 39 and 40. It has not been run against Hero's staging
environment, for which there is no key yet.

${[header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}
`;
}
