import { readFileSync } from "node:fs";
import { assumptions } from "@/server/hero/assumptions";
import { assessAssumption } from "./assess";
import { clientCalls } from "./client-calls";
import { compareDescriptions, findOperationById } from "./compare";
import { readDescription } from "./description";

/** Compares a description with the contract; the report, and whether the portal can rely on it. */
export function reportComparison(text: string): { lines: string[]; isGood: boolean } {
  const ours = readDescription(readFileSync("openapi/hero.yaml", "utf8"));
  const theirs = readDescription(text);
  const usedRoutes = new Set(
    Object.values(clientCalls).map(({ operation }) => findOperationById(ours, operation)?.route),
  );
  const differences = compareDescriptions(ours, theirs).map((difference) => ({
    ...difference,
    isBreaking: difference.isBreaking && (usedRoutes.has(difference.route) || !difference.route),
  }));
  const lines = [`Differences from openapi/hero.yaml: ${differences.length}`];
  for (const [route, group] of Map.groupBy(differences, (difference) => difference.route)) {
    lines.push(`  ${route || "All operations"}${usedRoutes.has(route) ? " (used)" : ""}`);
    for (const item of group) lines.push(`    ${item.text}${item.isBreaking ? " – breaks" : ""}`);
  }
  lines.push("Assumptions");
  let refutedCount = 0;
  for (const assumption of assumptions) {
    const { verdict, texts } = assessAssumption(assumption, ours, theirs);
    lines.push(`  ${verdict.padEnd(9)} ${assumption.id.padStart(3)}  ${assumption.subject}`);
    if (verdict === "open" && assumption.reliedOnBy.length > 0) {
      lines.push(`                 test: ${assumption.stagingTest}`);
    }
    if (verdict !== "refuted") continue;
    lines.push(...texts.map((finding) => `                 ${finding}`));
    if (assumption.reliedOnBy.length === 0) continue;
    refutedCount += 1;
    lines.push(`                 relied on by ${assumption.reliedOnBy.join(", ")}`);
  }
  const breakingCount = differences.filter(({ isBreaking }) => isBreaking).length;
  lines.push(
    `${refutedCount} refuted assumptions that the code relies on, ${breakingCount} breaking changes of what it uses`,
  );
  return { lines, isGood: refutedCount === 0 && breakingCount === 0 };
}
