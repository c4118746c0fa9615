import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ReadableString, readableStringsOf } from "./support/readable-strings";

/** Words that the product does not use, each with what it says instead. */
const retiredWords: { word: RegExp; use: string; allowed?: RegExp }[] = [
  {
    word: /\b(make|makes|making|made)\b/i,
    use: "create",
    allowed:
      /\bmake sure\b|\bready-made\b|\bmade[- ]up\b|\bmade (up )?of\b|\bbookings?\b[^.]*\b(make|made)\b|\bmake (a|up to|their) bookings?\b/gi,
  },
  { word: /\bmend(s|ed|ing)?\b/i, use: "fix" },
  { word: /\banew\b/i, use: "reload, try again" },
  { word: /\bonce more\b|\bthis once\b/i, use: "again" },
  { word: /\bwhom\b/i, use: "who" },
  { word: /\bwhoever\b/i, use: "anyone who" },
  { word: /\b(is|are) like this\b/i, use: "no results, not recognised" },
  { word: /\bknown here\b/i, use: "not recognised" },
  { word: /\b(stands?|stood|standing)\b(?!-)/i, use: "is, appears, means" },
  { word: /\bsettl(e|es|ed|ing)\b/i, use: "resolve, finish" },
  { word: /\bfate\b/i, use: "status" },
  { word: /\bbulks?\b(?! uploads?\b)/i, use: "bulk upload" },
  { word: /\be-mails?\b/i, use: "email" },
  { word: /\byour role (does|may|can)/i, use: "you do not have permission" },
  { word: /\bt(ake|akes|aken|aking|ook) (\S+ )?away\b/i, use: "remove, delete" },
  { word: /\bours\b|\b(nobody|somebody|anybody)'s\b|\bnobody of\b/i, use: "name the owner" },
  { word: /\b(finds?|found) nobody\b/i, use: "no matching patient" },
  {
    word: /\blook(s|ed|ing)? (at|for|among|again|once)\b|\banother look\b/i,
    use: "review, check, search",
  },
  { word: /\btold\b|\btells? of\b/i, use: "report", allowed: /\btold apart\b/gi },
  { word: /\bhand(s|ed|ing)? (\S+ )?over\b|\bhand-over\b/i, use: "share" },
  { word: /\bput(s|ting)? (\S+ )?(right|back)\b/i, use: "fix, restore" },
  { word: /\bfor good\b/i, use: "permanently" },
  { word: /\b(is|are) not right\b/i, use: "incorrect, not valid" },
  { word: /\bis no\b/i, use: "is not", allowed: /\bthere is no\b/gi },
  { word: /\bgo(es)? on\b|\bwent on\b/i, use: "continue, resume" },
  { word: /\btoo many tries\b/i, use: "attempts" },
  { word: /\ball the same\b/i, use: "anyway" },
  { word: /\bsmall letters?\b/i, use: "lower-case letters" },
  { word: /\bswitch(ed|es|ing)? (\S+ )?(on|off)\b/i, use: "turn on, turn off" },
  { word: /\btroubles?\b/i, use: "problem, error" },
  { word: /\bof (its|their|your|his|her|our) own\b/i, use: "your own …, custom, separate" },
  { word: /\bembed doctor\b|\bthe doctor('s)? (in|own|page|says)\b/i, use: "embed checker" },
  { word: /^studio$|\bthe studio\b/i, use: "placement designer" },
  { word: /\balias(es)?\b/i, use: "nickname" },
  { word: /\bspent\b/i, use: "used" },
  { word: /\bsaid to be\b/i, use: "say who states it" },
  { word: /\bone of you\b/i, use: "someone" },
  { word: /^it (says|may)$/i, use: "a noun: value, permissions" },
  { word: /^(…|\d+ \w+) chosen\b/i, use: "selected" },
  { word: /\balready hold\b/i, use: "have, existing" },
  { word: /\bbeg(in|ins|an|inning)\b/i, use: "start" },
  { word: /\bmoments?\b/i, use: "time", allowed: /\b(in|for|just) a moment\b|\bat the moment\b/gi },
  { word: /\bsealed\b/i, use: "encrypted", allowed: /\bsealed (class|record)\b/gi },
  { word: /\bstrangers?\b/i, use: "other organisations" },
  { word: /\bact(s|ing)? for\b/i, use: "on behalf of" },
  { word: /\blives? on\b/i, use: "still works" },
  { word: /\bgiven? back\b/i, use: "return" },
  { word: /\bask(s|ed|ing)? (Hero|of|for (it|one|nothing|by))\b|\basked of\b/i, use: "request" },
];

const isProductSource = (file: string) =>
  /\.(tsx?|m?js)$/.test(file) && !file.startsWith("server/hero/generated/");

/** Also files that are not committed yet, so that the test speaks before the commit. */
const files = execFileSync(
  "git",
  [
    ...["ls-files", "--cached", "--others", "--exclude-standard", "--"],
    ...["app", "components", "db", "embed", "sandbox", "scripts", "server"],
  ],
  { encoding: "utf8" },
)
  .split("\n")
  .filter((file) => isProductSource(file) && existsSync(file));

const strings = files.flatMap((file) => readableStringsOf(file));
const describeString = ({ file, line, kind, text }: ReadableString) =>
  `${file}:${line} [${kind}] ${text}`;

/** The retired words in a text, each with what to write instead. */
function retiredWordsIn(text: string): string[] {
  return retiredWords.flatMap(({ word, use, allowed }) => {
    const [match] = word.exec(allowed ? text.replaceAll(allowed, "") : text) ?? [];
    return match ? [`“${match}” (use: ${use})`] : [];
  });
}

describe("the strings that people read", () => {
  mkdirSync("test-results", { recursive: true });
  writeFileSync("test-results/readable-strings.txt", strings.map(describeString).join("\n"));

  it.each([
    ["page text", 600],
    ["attribute", 400],
    ["property", 400],
    ["label", 90],
    ["sentence", 900],
  ] as const)("include every %s: at least %i are collected", (kind, minimum) => {
    expect(strings.filter((item) => item.kind === kind).length).toBeGreaterThanOrEqual(minimum);
  });

  it.each([
    ["app/", 200],
    ["components/", 1_200],
    ["embed/", 40],
    ["sandbox/", 250],
    ["scripts/", 120],
    ["server/schemas/", 250],
    ["server/services/", 100],
    ["server/v1/", 80],
  ] as const)("are collected from %s: at least %i", (folder, minimum) => {
    const collected = strings.filter(({ file }) => file.startsWith(folder));
    expect(collected.length).toBeGreaterThanOrEqual(minimum);
  });

  it.each([
    ["a heading of a screen", "app/", "Activity"],
    ["a text attribute", "components/", "Close"],
    ["a label", "components/", "Expires first"],
    ["a schema's message", "server/schemas/", "Enter your password."],
    ["a problem's title", "server/v1/", "Too many requests"],
    ["a mail's subject", "server/services/", "Choose a new password"],
    ["a page for patients", "sandbox/pages/", "Sign in and continue"],
  ])("include %s", (_source, folder, text) => {
    const collected = strings.filter(({ file }) => file.startsWith(folder));
    expect(collected.map((item) => item.text)).toContain(text);
  });

  it("contain no retired word", () => {
    const offenders = strings.flatMap((item) =>
      retiredWordsIn(item.text).map((found) => `${describeString(item)}: ${found}`),
    );
    writeFileSync("test-results/retired-words.txt", offenders.join("\n"));
    const pending = new Set(readFileSync("tests/words-pending.txt", "utf8").split("\n"));
    const pendingOf = (line: string) => line.slice(line.indexOf("] ") + 2);
    expect(offenders.filter((offender) => !pending.has(pendingOf(offender)))).toEqual([]);
  });
});

describe("the collector of strings", () => {
  const textsOf = (source: string, file = "components/probe.tsx") =>
    readableStringsOf(file, source).map(({ kind, text }) => `${kind}: ${text}`);

  it.each([
    [
      "words between tags with a value",
      "<p>Hello {name}, welcome</p>",
      "page text: Hello …, welcome",
    ],
    ["words in a nested condition", `<p>{isOn ? "On" : null}</p>`, "page text: On"],
    ["a text attribute", `<input aria-label="Name" />`, "attribute: Name"],
    ["a component's text attribute", "<Card hint={`In ${place}`} />", "attribute: In …"],
    ["a schema's message", `z.string().min(1, "Enter a name.")`, "sentence: Enter a name."],
    ["a sum of strings", `fail("It is " + size + " long")`, "sentence: It is … long"],
    ["a described field", `z.string().meta({ description: "id" })`, "property: id"],
    ["a list of headings", `["Name", "Uses"]`, "sentence: Name"],
  ])("finds %s", (_source, code, expected) => {
    expect(textsOf(`export const probe = ${code};`)).toContain(expected);
  });

  it("finds every value of a labels file", () => {
    expect(textsOf(`export const names = { live: "live" };`, "components/labels.ts")).toEqual([
      "label: live",
    ]);
  });

  it.each([
    ["class names", `<p className="flex items-center">1</p>`],
    ["imports", `await import("two words")`],
    ["SQL", "sql`select one from two`"],
    ["compared values", `kind === "two words"`],
    ["types", `1 as "two words"`],
    ["codes", `send("link_created")`],
  ])("leaves out %s", (_source, code) => {
    expect(textsOf(`export const probe = ${code};`)).toEqual([]);
  });
});

describe("the list of retired words", () => {
  it.each([
    "No link is like this",
    "The link was made.",
    "It stands in your addresses.",
    "Look among unwanted mail",
    "Your role does not make links",
    "No bulk yet",
    "3 of 476 rows settled",
    "The e-mail address",
  ])("refuses “%s”", (text) => {
    expect(retiredWordsIn(text)).not.toEqual([]);
  });

  it.each([
    "Make sure the practice has approved it.",
    "Practices and patients here are made up.",
    "All 3 bookings have been made.",
    "Start a bulk upload",
    "Sandbox stand-in for NHS login.",
    "Try again in a moment.",
  ])("allows “%s”", (text) => {
    expect(retiredWordsIn(text)).toEqual([]);
  });
});
