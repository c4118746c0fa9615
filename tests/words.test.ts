import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ReadableString, readableStringsOf, testTitlesOf } from "./support/readable-strings";

interface RetiredWord {
  word: RegExp;
  use: string;
  allowed?: RegExp;
}

/** Words that the product does not use, each with what it says instead. */
const retiredWords: RetiredWord[] = [
  {
    word: /\b(make|makes|making|made)\b/i,
    use: "create",
    allowed:
      /\bmake sure\b|\bready-made\b|\bmade[- ]up\b|\bmade (up )?of\b|\b(bookings?|changes?)\b[^.]*\b(make|made)\b|\bmake changes\b|\bmake (a|up to|their) bookings?\b/gi,
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
  {
    word: /\b(group|patient|staff|placement|request|link|operation|upload|session) ids?\b|'s ids?\b/,
    use: "ID",
  },
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
  { word: /\bis no\b(?! longer)/i, use: "is not", allowed: /\bthere is no\b/gi },
  { word: /\bgo(es)? on\b|\bwent on\b/i, use: "continue, resume" },
  { word: /\btoo many tries\b/i, use: "attempts" },
  { word: /\ball the same\b/i, use: "anyway" },
  { word: /\bsmall letters?\b/i, use: "lower-case letters" },
  { word: /\bswitch(ed|es|ing)? (\S+ )?(on|off)\b/i, use: "turn on, turn off" },
  { word: /\btroubles?\b/i, use: "problem, error" },
  {
    word: /\bof (its|their|your|his|her|our) own\b(?! (tenant|practice)\b)/i,
    use: "your own …, custom, separate",
  },
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
  { word: /\bstrangers?\b/i, use: "other organisations" },
  { word: /\bact(s|ing)? for\b/i, use: "on behalf of" },
  { word: /\blives? on\b/i, use: "still works" },
  { word: /\bgiven? back\b/i, use: "return" },
  { word: /\bgiven up\b/i, use: "failed, stopped" },
  { word: /\bhear(s|d|ing)?\b/i, use: "receive, learn" },
  { word: /\bon the way\b/i, use: "proxy, network" },
  { word: /\b(tr(y|ies)|works?|acts?) (again )?by itself\b/i, use: "automatically" },
  { word: /\bask(s|ed|ing)? (Hero|of|for (it|one|nothing|by))\b|\basked of\b/i, use: "request" },
];

/** Right in the code, wrong for people who use the product. */
const codeWords: RetiredWord[] = [
  { word: /\bsealed\b/i, use: "encrypted", allowed: /\bsealed (class|record)\b/gi },
];

/** A title that starts so has no subject, and cannot be understood in a flat report. */
const verbFirst =
  /^(c\d+[^:]*: )?(am|are|cannot|can|counts a|do|does|gives?|had|has|have|is|keeps?|leaves?|may|needs?|of|runs|says?|shows?|takes?|that|to|with|works)\b/;

const isProductSource = (file: string) =>
  /\.(tsx?|m?js)$/.test(file) && !file.startsWith("server/hero/generated/");

/** Also files that are not committed yet, so that the test applies before the commit. */
const listFiles = (...folders: string[]) =>
  execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...folders],
    { encoding: "utf8" },
  )
    .split("\n")
    .filter((file) => file !== "" && existsSync(file));

const files = listFiles(
  ...["app", "components", "db", "embed", "sandbox", "scripts", "server"],
).filter(isProductSource);

const strings = files.flatMap((file) => readableStringsOf(file));
const describeString = ({ file, line, kind, text }: ReadableString) =>
  `${file}:${line} [${kind}] ${text}`;

/** The retired words in a text, each with what to write instead. */
function retiredWordsIn(text: string, words = retiredWords): string[] {
  return words.flatMap(({ word, use, allowed }) => {
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
  ] as const)("every %s is collected, at least %i of them", (kind, minimum) => {
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
  ] as const)("strings of %s are collected, at least %i of them", (folder, minimum) => {
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
  ])("%s is collected", (_source, folder, text) => {
    const collected = strings.filter(({ file }) => file.startsWith(folder));
    expect(collected.map((item) => item.text)).toContain(text);
  });

  it("no string contains a retired word", () => {
    const offenders = strings.flatMap((item) =>
      retiredWordsIn(item.text, [...retiredWords, ...codeWords]).map(
        (found) => `${describeString(item)}: ${found}`,
      ),
    );
    expect(offenders).toEqual([]);
  });
});

describe("test titles", () => {
  const titles = listFiles("tests")
    .filter((file) => /\.(test|spec)\.ts$/.test(file))
    .flatMap((file) => testTitlesOf(file).map((title) => ({ file, title })));

  it("more than a thousand titles are collected", () => {
    expect(titles.length).toBeGreaterThan(1_000);
  });

  it("every title is a sentence with its subject", () => {
    expect(titles.filter(({ title }) => verbFirst.test(title))).toEqual([]);
  });

  it("no title contains a retired word", () => {
    expect(titles.filter(({ title }) => retiredWordsIn(title).length > 0)).toEqual([]);
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
  ])("the collector finds %s", (_source, code, expected) => {
    expect(textsOf(`export const probe = ${code};`)).toContain(expected);
  });

  it("the collector finds every value of a labels file", () => {
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
  ])("the collector leaves out %s", (_source, code) => {
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
  ])("the list rejects: %s", (text) => {
    expect(retiredWordsIn(text)).not.toEqual([]);
  });

  it.each([
    "Make sure the practice has approved it.",
    "Practices and patients here are made up.",
    "All 3 bookings have been made.",
    "Start a bulk upload",
    "Sandbox stand-in for NHS login.",
    "Try again in a moment.",
  ])("the list allows: %s", (text) => {
    expect(retiredWordsIn(text)).toEqual([]);
  });
});
