import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verificationSnippets } from "@/components/webhooks/tools/snippets";

/** Runs the code that partners copy. PHP and Go run where they are installed. */

const folder = mkdtempSync(join(tmpdir(), "verification-"));
beforeAll(() => {
  for (const { file, code, language } of verificationSnippets) {
    const path = language === "Go" ? join("hero", file) : file;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), code);
  }
  writeFileSync(join(folder, "go.mod"), "module portal\n\ngo 1.19\n");
  writeFileSync(join(folder, "main.go"), goProgram);
});
afterAll(() => rmSync(folder, { recursive: true }));

const key = "whsec_test_portal_0001";
const body =
  '{"object":"Appointment","id":"4821","practice_group_id":"137","event":"appointment.confirmed"}';
const sentAtSeconds = 1_770_000_000;
const sign = (timestamp: string, text = body) =>
  createHmac("sha256", key).update(`${timestamp}.${text}`).digest();

const hex = "8f24f3d9e28b7bc506537eaaef9e732f20cfd8bce32305771d1f16b0f872abe3";
const seconds = String(sentAtSeconds);
const iso = "2026-02-02T02:40:00.000Z";
const inTime = { timestamp: seconds, signature: hex, body, now: sentAtSeconds };

const cases = [
  { ...inTime, isRight: true },
  { ...inTime, signature: hex.toUpperCase(), isRight: true },
  { ...inTime, signature: `sha256=${hex}`, isRight: true },
  { ...inTime, signature: sign(seconds).toString("base64"), isRight: true },
  { ...inTime, now: sentAtSeconds + 300, isRight: true },
  { ...inTime, now: sentAtSeconds - 300, isRight: true },
  {
    ...inTime,
    timestamp: `${seconds}000`,
    signature: sign(`${seconds}000`).toString("hex"),
    isRight: true,
  },
  { ...inTime, timestamp: iso, signature: sign(iso).toString("hex"), isRight: true },
  {
    ...inTime,
    body: "Ünïcode 🩺\r\n",
    signature: sign(seconds, "Ünïcode 🩺\r\n").toString("hex"),
    isRight: true,
  },
  { ...inTime, now: sentAtSeconds + 301, isRight: false },
  { ...inTime, now: sentAtSeconds - 301, isRight: false },
  { ...inTime, body: `${body}\n`, isRight: false },
  { ...inTime, body: JSON.stringify(JSON.parse(body), null, 2), isRight: false },
  { ...inTime, signature: hex.replace(/^8/, "9"), isRight: false },
  { ...inTime, signature: hex.slice(0, 62), isRight: false },
  { ...inTime, signature: "", isRight: false },
  { ...inTime, signature: "not a signature!", isRight: false },
  {
    ...inTime,
    timestamp: "yesterday",
    signature: sign("yesterday").toString("hex"),
    isRight: false,
  },
];

const asJson = JSON.stringify(cases);

const goProgram = `package main

import (
	"encoding/json"
	"fmt"
	"portal/hero"
	"time"
)

func main() {
	var cases []struct {
		Timestamp, Signature, Body string
		Now                        int64
	}
	json.Unmarshal([]byte(${JSON.stringify(asJson)}), &cases)
	answers := []bool{}
	for _, each := range cases {
		now := time.Unix(each.Now, 0)
		answers = append(answers, hero.IsSigned("${key}", each.Timestamp, each.Signature, []byte(each.Body), now))
	}
	text, _ := json.Marshal(answers)
	fmt.Println(string(text))
}
`;

const programs: Record<string, { command: string; args: string[] }> = {
  Node: {
    command: process.execPath,
    args: [
      "--input-type=module",
      "-e",
      `import { isSignedByHero } from ${JSON.stringify(join(folder, "verify-hero.mjs"))};
       console.log(JSON.stringify(${asJson}.map((each) => isSignedByHero({
         ...each, key: ${JSON.stringify(key)}, rawBody: Buffer.from(each.body), now: each.now * 1000 }))));`,
    ],
  },
  Python: {
    command: "python3",
    args: [
      "-c",
      `import json, sys
sys.path.insert(0, ${JSON.stringify(folder)})
from verify_hero import is_signed_by_hero
cases = json.loads(sys.argv[1])
print(json.dumps([is_signed_by_hero(${JSON.stringify(key)}, each["timestamp"], each["signature"],
  each["body"].encode(), each["now"]) for each in cases]))`,
      asJson,
    ],
  },
  PHP: {
    command: "php",
    args: [
      "-r",
      `require ${JSON.stringify(join(folder, "verify_hero.php"))};
       echo json_encode(array_map(fn($each) => isSignedByHero(${JSON.stringify(key)}, $each["timestamp"],
         $each["signature"], $each["body"], $each["now"]), json_decode($argv[1], true)));`,
      asJson,
    ],
  },
  Go: { command: "go", args: ["run", "."] },
};

function isInstalled(command: string): boolean {
  try {
    execFileSync(command, [command === "go" ? "version" : "--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("code that verifies a delivery", () => {
  const installed = Object.entries(programs).filter(([, { command }]) => isInstalled(command));

  it.each(installed)("the %s code gives the right answer for each case", (_, { command, args }) => {
    const output = execFileSync(command, args, { encoding: "utf8", cwd: folder });
    expect(JSON.parse(output)).toEqual(cases.map(({ isRight }) => isRight));
  });

  it("there is code for each of the five languages", () => {
    expect(verificationSnippets.map(({ language }) => language)).toEqual([
      "Node",
      "Python",
      "PHP",
      "C#",
      "Go",
    ]);
    expect(installed.map(([language]) => language)).toContain("Node");
  });
});
