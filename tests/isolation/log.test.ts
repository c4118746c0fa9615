import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { log, redirectConsoleToLog } from "@/server/log";

const lines: string[] = [];
const originalConsole = { error: console.error, warn: console.warn };

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  redirectConsoleToLog();
});

afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(console, originalConsole);
});

const injection = 'x\r\n{"level":"error","event":"forged"}\u001b[31m\u2028';

describe("c35, c30: console output of dependencies", () => {
  it("console output of dependencies becomes one line of JSON without quoted values", () => {
    const error = Object.assign(
      new SyntaxError(`Unexpected token, "${injection}" is not valid JSON`),
      {
        digest: "2598659486",
      },
    );
    console.error(`⨯ ${injection}`, error, { patientId: "4417" });
    console.error(injection);
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toMatch(/^\{.*\}\n$/);
      for (const secret of ["forged", "4417", "\u001b"]) expect(line).not.toContain(secret);
    }
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      event: "console",
      errorName: "SyntaxError",
      digest: "2598659486",
    });
  });

  it("a digest that is an internal message of Next's is not logged", () => {
    console.error(Object.assign(new Error("x"), { digest: "NEXT_REDIRECT;push;/northfield;307;" }));
    expect(lines.join("")).not.toContain("northfield");
  });

  it("c35: our own values do not break a log line", () => {
    log("error", "request failed", { operation: injection, requestId: injection });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd().split("\n")).toHaveLength(1);
    expect(lines[0]).not.toContain("\u001b");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ operation: injection });
  });
});
