import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readOptions } from "@/scripts/contract-check/options";
import { reportComparison } from "@/scripts/contract-check/report";
import { readDescription } from "@/scripts/contract-check/description";
import { loadText } from "@/scripts/contract-check/load";
import { clientCalls } from "@/scripts/contract-check/client-calls";

type Json = { [key: string]: Json };

const contractText = readFileSync("openapi/hero.yaml", "utf8");
const folder = mkdtempSync(join(tmpdir(), "contract-check-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The contract after a change, as JSON. */
function alter(change: (paths: Json, schemas: Json) => void): string {
  const document = parse(contractText) as { paths: Json; components: { schemas: Json } };
  change(document.paths, document.components.schemas);
  return JSON.stringify(document);
}

/** The node at a path such as `BookingLink.properties.id`. */
function at(node: Json, path: string[]): Json {
  return path.reduce((current, key) => {
    const next = current[key];
    if (next === undefined) throw new Error(`There is no ${key}.`);
    return next;
  }, node);
}

const set = (node: Json, key: string, value: unknown) => Object.assign(node, { [key]: value });
const operationAt = (paths: Json, path: string, method: string) => at(paths, [path, method]);

type Alteration = {
  what: string;
  change: (paths: Json, schemas: Json) => void;
  /** Lines of the report that name it. */
  named: string[];
  isGood: boolean;
};

const alterations: Alteration[] = [
  {
    what: "the path of an inferred operation",
    change: (paths) => {
      set(paths, "/v2/form-links", paths["/v1/form_links"]);
      delete paths["/v1/form_links"];
    },
    named: [
      "POST /v1/form_links (used)",
      "moved to POST /v2/form-links – breaks",
      "refuted    17",
      "POST /v1/form_links is POST /v2/form-links",
    ],
    isGood: false,
  },
  {
    what: "an operation that the portal uses",
    change: (paths) => {
      delete paths["/v1/links/status"];
    },
    named: ["GET /v1/links/status (used)", "operation removed – breaks", "refuted    19"],
    isGood: false,
  },
  {
    what: "a verb",
    change: (paths) => {
      const item = at(paths, ["/v1/booking_links/{id}"]);
      set(item, "put", item.patch);
      delete item.patch;
    },
    named: ["moved to PUT /v1/booking_links/{id} – breaks", "refuted    40"],
    isGood: false,
  },
  {
    what: "the name of a field of a response",
    change: (_, { BookingLinkCreated }) => {
      const created = BookingLinkCreated ?? {};
      set(created, "properties", { link: { type: "string" }, id: { type: "string" } });
      set(created, "x-inferred", false);
    },
    named: ["reply.booking_link: removed – breaks", "reply.link: added", "refuted    16"],
    isGood: false,
  },
  {
    what: "a field that becomes required",
    change: (_, schemas) => {
      set(at(schemas, ["BookingLinkRequest"]), "required", ["location_id", "patient_id"]);
      set(at(schemas, ["BookingLinkRequest"]), "x-required-inferred", false);
    },
    named: [
      "body.appointment_type_id: no longer required",
      "body.patient_id: now required – breaks",
      "refuted   16a",
      "is required",
    ],
    isGood: false,
  },
  {
    what: "the type of an ID",
    change: (_, schemas) => {
      set(at(schemas, ["Location", "properties", "id"]), "type", "integer");
      set(at(schemas, ["Location"]), "x-inferred", false);
    },
    named: ["reply.data[].id: type “string” is now “integer” – breaks"],
    isGood: false,
  },
  {
    what: "an enum of a response",
    change: (_, schemas) => {
      set(at(schemas, ["Patient", "properties", "status"]), "enum", ["active", "closed"]);
    },
    named: [
      "reply.status: values “archived, unarchived” is now “active, closed”",
      "refuted    28",
      "never archived, unarchived",
    ],
    isGood: false,
  },
  {
    what: "an enum of a request that the portal uses",
    change: (_, schemas) => {
      set(at(schemas, ["MessageChannel"]), "enum", ["pigeon"]);
    },
    named: ["“pigeon” – breaks"],
    isGood: false,
  },
  {
    what: "an enum of a request that the portal does not use",
    change: (_, schemas) => {
      set(at(schemas, ["PrescriberDetails", "properties", "name"]), "enum", ["pigeon"]);
    },
    named: ["“pigeon”"],
    isGood: true,
  },
  {
    what: "a pattern",
    change: (_, schemas) => {
      const field = at(schemas, ["BookingLinkRequest", "properties", "patient_id"]);
      set(field, "pattern", "^pat_[a-z]+$");
    },
    named: ["body.patient_id: pattern “^\\d+$” is now “^pat_[a-z]+$” – breaks"],
    isGood: false,
  },
  {
    what: "the format of a date",
    change: (_, schemas) => {
      set(at(schemas, ["BookingLinkRequest", "properties", "expiry_date"]), "format", "date-time");
    },
    named: [
      "body.expiry_date: rules “format date” is now “format date-time”",
      "refuted    13",
      "has format date-time",
    ],
    isGood: false,
  },
  {
    what: "a query parameter",
    change: (paths) => {
      const parameters = operationAt(paths, "/v1/short_links", "get").parameters ?? {};
      set(Object.values(parameters)[0] ?? {}, "name", "page");
    },
    named: ["query.page_index: removed – breaks", "query.page: added"],
    isGood: false,
  },
  {
    what: "a header for idempotency",
    change: (paths) => {
      const parameter = { name: "Idempotency-Key", in: "header", schema: { type: "string" } };
      set(operationAt(paths, "/v1/booking_links", "post"), "parameters", [parameter]);
    },
    named: ["header.Idempotency-Key: added", "refuted     5"],
    isGood: false,
  },
  {
    what: "a new optional field and a new operation",
    change: (paths, schemas) => {
      set(at(schemas, ["Patient", "properties"]), "pronouns", { type: "string" });
      set(paths, "/v3/news", { get: { operationId: "listNews", responses: {} } });
    },
    named: ["reply.pronouns: added", "GET /v3/news", "new operation"],
    isGood: true,
  },
];

describe("bin/contract-check compares a description", () => {
  it.each(alterations)("an altered description is named: $what", ({ change, named, isGood }) => {
    const report = reportComparison(alter(change));
    const text = report.lines.join("\n");
    for (const part of named) expect(text).toContain(part);
    expect(report.isGood, text.split("Assumptions")[0]).toBe(isGood);
  });

  it("all alterations in one description are named", () => {
    const text = reportComparison(
      alter((paths, schemas) => {
        // Those that remove an operation come last.
        for (const { change } of alterations.toReversed()) change(paths, schemas);
      }),
    ).lines.join("\n");
    const replaced = ["the name of a field of a response", "a query parameter"];
    for (const { what, named } of alterations) {
      if (!replaced.includes(what)) expect(text).toContain(named[0]);
    }
  });

  it("the contract does not differ from itself, and confirms no guess", () => {
    const { lines, isGood } = reportComparison(contractText);
    expect(isGood).toBe(true);
    expect(lines[0]).toBe("Differences from openapi/hero.yaml: 0");
    expect(lines.filter((line) => /^ {2}(confirmed +(16|16a|17|46)|refuted) /.test(line))).toEqual(
      [],
    );
  });

  it("an assumption is confirmed when the description documents it", () => {
    const text = alter((paths, schemas) => {
      for (const name of ["FormLinkRequest", "FormLinkCreated"]) {
        set(at(schemas, [name]), "x-inferred", false);
      }
      set(operationAt(paths, "/v1/form_links", "post"), "x-path-inferred", false);
    });
    const { lines } = reportComparison(text);
    expect(lines.join("\n")).toContain("confirmed  17  Form links");
  });

  it("every operation of the contract that a client function uses has a call", () => {
    const ids = [...readDescription(contractText).operations.values()].map(({ id }) => id);
    for (const { operation } of Object.values(clientCalls)) expect(ids).toContain(operation);
    expect(Object.keys(clientCalls).length).toBeGreaterThan(30);
  });

  it.each(["", "not: [yaml", "swagger: '2.0'\npaths: {}", "<html>Not found</html>", "[1, 2]"])(
    "a text that is not a description is refused: %j",
    (text) => {
      expect(() => readDescription(text)).toThrow(/description/);
    },
  );

  it("a description that refers to itself ends", () => {
    const text = alter((_, schemas) => {
      set(schemas, "Patient", { $ref: "#/components/schemas/Patient" });
      set(at(schemas, ["BookingLink", "properties"]), "parent", {
        $ref: "#/components/schemas/BookingLink",
      });
    });
    expect(reportComparison(text).lines.join("\n")).toContain("reply.parent: added");
  });

  it("a file that is missing and an address without a server are one sentence", async () => {
    await expect(loadText(join(folder, "missing.yaml"))).rejects.toThrow(/^There is no file /);
    await expect(loadText("http://127.0.0.1:1/openapi.yaml")).rejects.toThrow(/could not be read/);
  });

  it("options that do not fit together are rejected", () => {
    expect(() => readOptions(["--staging", "--mock", "http://localhost"])).toThrow();
    expect(() => readOptions(["--with-test-link"])).toThrow();
    expect(() => readOptions(["a.yaml", "b.yaml"])).toThrow();
    expect(() => readOptions(["--key", "secret"])).toThrow();
    expect(readOptions([])).toMatchObject({ task: "compare" });
  });

  it("the command's exit code says whether the portal can rely on the description", () => {
    const file = join(folder, "altered.json");
    const run = (...args: string[]) =>
      spawnSync(
        process.execPath,
        ["--conditions=react-server", "--import", "tsx", "scripts/contract-check.ts", ...args],
        { encoding: "utf8" },
      );
    writeFileSync(file, alter(alterations[0]?.change ?? (() => undefined)));
    expect(run(file)).toMatchObject({ status: 1, stderr: "" });
    expect(run("--staging")).toMatchObject({
      status: 2,
      stderr: "Set HERO_CHECK_API_KEY and HERO_CHECK_PRACTICE_GROUP_ID.\n",
    });
  }, 60_000);
});
