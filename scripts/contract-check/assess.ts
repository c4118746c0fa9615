import type { Assumption, Evidence } from "@/server/hero/assumption-types";
import { findOperationById } from "./compare";
import type { Description, Operation, Part } from "./description";

export type Verdict = "confirmed" | "refuted" | "open";
type Finding = { verdict: Verdict; text: string };

/** What a description says about an assumption; `ours` is the contract that names operations. */
export function assessAssumption(
  { evidence = [], isBehaviour }: Assumption,
  ours: Description,
  theirs: Description,
): { verdict: Verdict; texts: string[] } {
  const findings = evidence.map((item) => assessEvidence(item, ours, theirs));
  const verdict =
    findings.find((finding) => finding.verdict === "refuted")?.verdict ??
    findings.find((finding) => finding.verdict === "open")?.verdict ??
    (findings.length > 0 && !isBehaviour ? "confirmed" : "open");
  return {
    verdict,
    texts: findings.filter((finding) => finding.verdict === verdict).map(({ text }) => text),
  };
}

function assessEvidence(evidence: Evidence, ours: Description, theirs: Description): Finding {
  const expected = findOperationById(ours, evidence.operation);
  if (!expected) throw new Error(`The contract has no operation ${evidence.operation}.`);
  const { route } = expected;
  const operation = theirs.operations.get(route);
  if (!operation) {
    const moved = findOperationById(theirs, evidence.operation);
    return {
      verdict: "refuted",
      text: moved ? `${route} is ${moved.route}` : `there is no ${route}`,
    };
  }
  if (!evidence.part) {
    return { verdict: operation.isInferred ? "open" : "confirmed", text: route };
  }
  const { verdict, text } = assessPart(evidence, evidence.part, operation);
  return { verdict, text: `${route} ${evidence.part}${text && `: ${text}`}` };
}

function assessPart(evidence: Evidence, name: string, operation: Operation): Finding {
  const part = findPart(operation, name);
  if (evidence.isAbsent) {
    if (part) return { verdict: "refuted", text: "exists" };
    return { verdict: operation.isComplete ? "confirmed" : "open", text: "not described" };
  }
  if (!part) return assessMissingPart(operation, name);
  if (part.isInferred) return { verdict: "open", text: "not documented" };
  return assessRules(evidence, part);
}

/** A part by its name, in the value itself or in any of its variants. */
function findPart({ parts }: Operation, name: string): Part | undefined {
  const exact = parts.get(name);
  if (exact) return exact;
  return [...parts].find(
    ([other]) => other.replaceAll(/\|\d+/g, "").toLowerCase() === name.toLowerCase(),
  )?.[1];
}

/** A missing field refutes only where the fields beside it are described. */
function assessMissingPart(operation: Operation, name: string): Finding {
  const parent = name.replace(/(\.[^.[]+|\[\])$/, "");
  const parentPart = findPart(operation, parent);
  const isQuery = /^(query|header)\./.test(name);
  const hasFields = [...operation.parts.keys()].some((other) =>
    other.replaceAll(/\|\d+/g, "").startsWith(`${parent}.`),
  );
  if (isQuery ? operation.isComplete : hasFields && !parentPart?.isInferred) {
    return { verdict: "refuted", text: "does not exist" };
  }
  if (parent !== name && !parentPart && !isQuery && parent.includes(".")) {
    return assessMissingPart(operation, parent);
  }
  return { verdict: "open", text: "not described" };
}

function assessRules(evidence: Evidence, part: Part): Finding {
  const types = part.type.replace("integer", "number").split(" or ");
  if (evidence.type && part.type !== "" && !types.includes(evidence.type)) {
    return { verdict: "refuted", text: `is ${part.type}` };
  }
  if (evidence.isRequired !== undefined && part.isRequiredInferred) {
    return { verdict: "open", text: "not documented" };
  }
  if (evidence.isRequired !== undefined && evidence.isRequired !== part.required) {
    return { verdict: "refuted", text: part.required ? "is required" : "is optional" };
  }
  const format = /(?:^|, )format ([^,]+)/.exec(part.rules)?.[1];
  if (evidence.format && format && format !== evidence.format) {
    return { verdict: "refuted", text: `has format ${format}` };
  }
  if (evidence.values && part.values !== "") {
    const described = part.values.split(", ");
    const missing = evidence.values.filter((value) => !described.includes(value));
    if (missing.length > 0 && !part.isOpenSet) {
      return { verdict: "refuted", text: `never ${missing.join(", ")}` };
    }
    if (missing.length > 0) return { verdict: "open", text: "not all values are known" };
  }
  const isSilent =
    (evidence.type && part.type === "") ||
    (evidence.format && !format) ||
    (evidence.values && part.values === "");
  return isSilent ? { verdict: "open", text: "not described" } : { verdict: "confirmed", text: "" };
}
