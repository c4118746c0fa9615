import { writeFileSync } from "node:fs";
import { callMock } from "./contract-check/call-client";
import { assumptionsFile, buildAssumptionsPage } from "./contract-check/document";
import { loadText } from "./contract-check/load";
import { contractCheckHelp, readOptions } from "./contract-check/options";
import { reportComparison } from "./contract-check/report";
import { callStaging } from "./contract-check/staging";

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2));
  switch (options.task) {
    case "help":
      process.stdout.write(contractCheckHelp);
      return true;
    case "write-docs":
      writeFileSync(assumptionsFile, buildAssumptionsPage());
      return true;
    case "mock":
      return callMock(options.baseUrl, print);
    case "staging":
      return callStaging(options.withTestLink, print);
    case "compare": {
      const { lines, isGood } = reportComparison(await loadText(options.source));
      for (const line of lines) print(line);
      return isGood;
    }
  }
}

process.exitCode = await main().then(
  (isGood) => (isGood ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  },
);
