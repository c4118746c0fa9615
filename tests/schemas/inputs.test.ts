import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { inputs } from "./input-table";

/** A value for a failure message. */
const display = (value: unknown) =>
  typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(value);

describe("the input schemas", () => {
  it("this table has every input schema with all its fields", async () => {
    const exportedByFile: Record<string, string[]> = {};
    for (const file of readdirSync("server/schemas", { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts")) continue;
      const schemaModule: Record<string, unknown> = await import(resolve("server/schemas", file));
      for (const [name, value] of Object.entries(schemaModule)) {
        if (!name.endsWith("Input")) continue;
        if (!(value instanceof z.ZodObject)) throw new Error(`${name} is no object schema.`);
        exportedByFile[name] = Object.keys(value.shape).sort();
      }
    }
    const coveredFields = Object.entries(inputs).map(([name, { fields }]) => [
      name,
      Object.keys(fields).sort(),
    ]);
    expect(Object.fromEntries(coveredFields)).toEqual(exportedByFile);
  });
});

describe.each(Object.entries(inputs))("%s", (_, { schema, valid, fields }) => {
  it("a valid input is accepted", () => {
    const parsed = schema.safeParse(valid);
    expect(parsed.error?.issues ?? []).toEqual([]);
  });

  it.each([undefined, null, "", "text", 7, [], true])(
    "%j is rejected without throwing",
    (value) => {
      expect(schema.safeParse(value).success).toBe(Object.keys(fields).length === 0);
    },
  );

  it("unknown fields are dropped", () => {
    const parsed = schema.safeParse({ ...valid, tenantId: "x", role: "owner", userId: "y" });
    expect(Object.keys(parsed.data ?? {})).not.toEqual(expect.arrayContaining(["tenantId"]));
    expect(JSON.stringify(parsed.data)).not.toContain('"owner"');
  });

  it.each(Object.entries(fields))(
    "each invalid value of %s gives a sentence at its field",
    (field, values) => {
      for (const value of values) {
        const parsed = schema.safeParse({ ...valid, [field]: value });
        const issues = parsed.error?.issues ?? [];
        expect(issues.length, `${field}: ${display(value)} passed`).toBeGreaterThan(0);
        for (const issue of issues) {
          expect(issue.path[0], display(value)).toBe(field);
          expect(issue.message, `${field}: ${display(value)}`).toMatch(/^[A-Z][^\n]{8,120}\.$/);
          expect(issue.message).not.toMatch(/invalid input|expected|received|NaN|undefined/i);
        }
      }
    },
  );
});
