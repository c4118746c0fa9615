import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventSnippets } from "@/components/webhooks/destinations/snippets";

/** Runs the code that partners copy. PHP and Go run where they are installed. */

// In the project, so that Node finds the library.
mkdirSync("node_modules/.cache", { recursive: true });
const folder = mkdtempSync(resolve("node_modules/.cache/events-"));
beforeAll(() => {
  for (const { file, code } of eventSnippets) writeFileSync(join(folder, file), code);
});
afterAll(() => rmSync(folder, { recursive: true }));

const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const otherSecret = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
const id = "0199b2c4-9a40-7b11-8d3e-5c6f7a8b9c0d";
const body =
  '{"type":"link.booked","timestamp":"2026-12-17T09:30:00.000Z","data":{"name":"Ünï 🩺"}}';
const now = Math.floor(Date.now() / 1000);

const sign = (seconds: number, by = secret, text = body) =>
  new Webhook(by).sign(id, new Date(seconds * 1000), text);

const headersAt = (seconds: number, signature: string) => ({
  "webhook-id": id,
  "webhook-timestamp": String(seconds),
  "webhook-signature": signature,
});

const cases = [
  { headers: headersAt(now, sign(now)), body, isRight: true },
  { headers: headersAt(now, `${sign(now, otherSecret)} ${sign(now)}`), body, isRight: true },
  { headers: headersAt(now, `${sign(now)} ${sign(now, otherSecret)}`), body, isRight: true },
  { headers: headersAt(now - 240, sign(now - 240)), body, isRight: true },
  { headers: headersAt(now, sign(now, otherSecret)), body, isRight: false },
  { headers: headersAt(now, sign(now)), body: `${body}\n`, isRight: false },
  {
    headers: headersAt(now, sign(now)),
    body: JSON.stringify(JSON.parse(body), null, 2),
    isRight: false,
  },
  { headers: { ...headersAt(now, sign(now)), "webhook-id": "other" }, body, isRight: false },
  { headers: headersAt(now - 1, sign(now)), body, isRight: false },
  { headers: headersAt(now - 900, sign(now - 900)), body, isRight: false },
  { headers: headersAt(now + 900, sign(now + 900)), body, isRight: false },
  { headers: headersAt(now, sign(now).slice(3)), body, isRight: false },
  { headers: headersAt(now, ""), body, isRight: false },
];

const asJson = JSON.stringify(cases);

const programs: Record<string, { command: string; args: () => string[] }> = {
  Node: {
    command: process.execPath,
    args: () => [
      "--input-type=module",
      "-e",
      `import { readEvent } from ${JSON.stringify(join(folder, "read-event.mjs"))};
       const read = ({ headers, body }) => {
         try { return readEvent(${JSON.stringify(secret)}, headers, Buffer.from(body)).type; }
         catch { return null; }
       };
       console.log(JSON.stringify(${asJson}.map(read)));`,
    ],
  },
  Python: {
    command: "python3",
    args: () => [
      "-c",
      `import json, sys
sys.path.insert(0, ${JSON.stringify(folder)})
from read_event import read_event
def read(case):
    try:
        return read_event(${JSON.stringify(secret)}, case["headers"], case["body"].encode())["type"]
    except ValueError:
        return None
print(json.dumps([read(case) for case in json.loads(sys.argv[1])]))`,
      asJson,
    ],
  },
  PHP: {
    command: "php",
    args: () => [
      "-r",
      `require ${JSON.stringify(join(folder, "read_event.php"))};
       echo json_encode(array_map(function ($each) {
         try { return readEvent('${secret}', $each["headers"], $each["body"])["type"]; }
         catch (RuntimeException $error) { return null; }
       }, json_decode($argv[1], true)));`,
      asJson,
    ],
  },
  Go: {
    command: "go",
    args: () => {
      mkdirSync(join(folder, "events"), { recursive: true });
      const snippet = eventSnippets.find(({ language }) => language === "Go")?.code ?? "";
      writeFileSync(join(folder, "events", "read_event.go"), snippet);
      writeFileSync(join(folder, "go.mod"), "module portal\n\ngo 1.19\n");
      writeFileSync(
        join(folder, "main.go"),
        `package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"portal/events"
	"time"
)

func main() {
	var cases []struct {
		Headers map[string]string
		Body    string
	}
	json.Unmarshal([]byte(${JSON.stringify(asJson)}), &cases)
	types := []any{}
	for _, each := range cases {
		header := http.Header{}
		for name, value := range each.Headers {
			header.Set(name, value)
		}
		event, err := events.ReadEvent("${secret}", header, []byte(each.Body), time.Now())
		if err != nil {
			types = append(types, nil)
		} else {
			types = append(types, event["type"])
		}
	}
	text, _ := json.Marshal(types)
	fmt.Println(string(text))
}
`,
      );
      rmSync(join(folder, "read_event.go"), { force: true });
      return ["run", "."];
    },
  },
};

function isInstalled(command: string): boolean {
  try {
    execFileSync(command, [command === "go" ? "version" : "--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("code that reads a sent event", () => {
  const installed = Object.entries(programs).filter(([, { command }]) => isInstalled(command));

  it.each(installed)("the %s code gives the right answer for each case", (_, { command, args }) => {
    const output = execFileSync(command, args(), { encoding: "utf8", cwd: folder });
    expect(JSON.parse(output)).toEqual(
      cases.map(({ isRight }) => (isRight ? "link.booked" : null)),
    );
  });

  it("there is code for each of the five languages", () => {
    expect(eventSnippets.map(({ language }) => language)).toEqual([
      "Node",
      "Python",
      "PHP",
      "C#",
      "Go",
    ]);
    expect(installed.map(([language]) => language)).toContain("Node");
  });
});
