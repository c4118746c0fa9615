import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { accountRouter, appRouter } from "@/server/routers/root";
import { toLinkResource } from "@/server/schemas/api-v1";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { getLink } from "@/server/services/links/read";
import { buildOpenApi } from "@/server/v1/openapi";
import { callApi, createTestApiKey } from "../support/api-v1";
import { createPlacementFixture, exchange } from "../support/elements";
import { accountFields, apiFields, portalFields } from "./public-fields";
import {
  accountEntries,
  callPortalProcedure,
  callProcedure,
  portalEntries,
  type SeededTenant,
  seedTenant,
} from "./support";

type JsonSchema = {
  $ref?: string;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
};

/** The paths of a schema that hold no other paths. */
function schemaFields(schema: JsonSchema, named: Record<string, JsonSchema>, path = ""): string[] {
  const fieldsOf = (child: JsonSchema, childPath: string) => {
    const fields = schemaFields(child, named, childPath);
    return fields.length > 0 || childPath === "[]" ? fields : [childPath];
  };
  const { $ref, anyOf, oneOf, items, properties, additionalProperties: record } = schema;
  if ($ref) return schemaFields(named[$ref.split("/").at(-1) ?? ""] ?? {}, named, path);
  const prefix = path ? `${path}.` : "";
  return [
    ...[...(anyOf ?? []), ...(oneOf ?? [])].flatMap((member) => schemaFields(member, named, path)),
    ...Object.entries(properties ?? {}).flatMap(([name, child]) => fieldsOf(child, prefix + name)),
    ...(typeof record === "object" && !properties ? fieldsOf(record, `${prefix}*`) : []),
    ...(items ? schemaFields(items, named, `${path}[]`) : []),
  ];
}

/** The paths of a value as it was received. */
function valueFields(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valueFields(item, `${path}[]`));
  if (typeof value !== "object" || value === null) return path && path !== "[]" ? [path] : [];
  const prefix = path ? `${path}.` : "";
  return Object.entries(value).flatMap(([name, child]) => valueFields(child, prefix + name));
}

/** The received fields that are not listed. A null or an empty list can be in place of listed fields. */
function unlistedFields(value: unknown, listed: readonly string[]): string[] {
  const patterns = listed.map((field) => field.split(".").map((name) => name.replace(/\[\]$/, "")));
  return valueFields(value).filter((field) => {
    const names = field.split(".").map((name) => name.replace(/\[\]$/, ""));
    return !patterns.some((pattern) =>
      names.every((name, i) => pattern[i] === name || pattern[i] === "*"),
    );
  });
}

const procedureFields = (router: typeof appRouter | typeof accountRouter) =>
  Object.fromEntries(
    Object.entries(router._def.procedures).map(([name, procedure]) => {
      const { output } = z
        .looseObject({ output: z.instanceof(z.ZodType) })
        .parse(Reflect.get(procedure, "_def"));
      const schema = z.toJSONSchema(output, { io: "output", unrepresentable: "any" });
      const { $defs, ...root } = schema as JsonSchema & { $defs?: Record<string, JsonSchema> };
      return [name, [...new Set(schemaFields(root, $defs ?? {}))].sort()];
    }),
  );

const sorted = (fields: Record<string, readonly string[]>) =>
  Object.fromEntries(Object.entries(fields).map(([name, list]) => [name, [...list].sort()]));

describe("c9: the fields that schemas let out", () => {
  it("the list names every field of every procedure in a tenant", () => {
    expect(procedureFields(appRouter)).toEqual(sorted(portalFields));
  });

  it("the list names every field of every procedure outside a tenant", () => {
    expect(procedureFields(accountRouter)).toEqual(sorted(accountFields));
  });

  it("the list names every field of every API resource", () => {
    const named = (buildOpenApi().components?.schemas ?? {}) as Record<string, JsonSchema>;
    const resources = Object.keys(named).filter((name) => !name.endsWith("Request"));
    const described = Object.fromEntries(
      resources.map((name) => [name, [...new Set(schemaFields(named[name] ?? {}, named))]]),
    );
    expect(sorted(described)).toEqual(sorted(apiFields));
  });
});

describe("c9: the fields that leave over HTTP", () => {
  let a: SeededTenant;
  beforeAll(async () => {
    a = await seedTenant({ main: "20533", neighbour: "20690", spare: "kingsway-31", partner: "a" });
  });

  const callAsOwner = (entry: (typeof portalEntries)[number]) =>
    callPortalProcedure(entry, a.tenant.slug, {
      input: entry.input?.(a.fixture),
      token: a.tokens.owner,
    });

  it.each(portalEntries.filter(({ kind }) => kind === "query"))(
    "the query $name sends the listed fields only",
    async (entry) => {
      const { code, data } = await callAsOwner(entry);
      expect(code).toBe("OK");
      expect(unlistedFields(data, portalFields[entry.name] ?? [])).toEqual([]);
    },
  );

  it.each(accountEntries)("$name sends the listed fields only", async ({ name, kind, input }) => {
    const response = await callProcedure({
      scope: "account",
      procedure: name,
      kind,
      input: input?.(a.fixture),
      token: a.tokens.viewer,
    });
    expect(unlistedFields(response.data, accountFields[name] ?? [])).toEqual([]);
  });

  it("the API sends the listed fields of links and problems only", async () => {
    const owner = await a.tenant.asOwner();
    const { key } = await createTestApiKey(owner);
    const page = await callApi({ key, method: "GET" });
    expect(valueFields(page.json)).toContain("items[].practice.practiceGroupId");
    expect(unlistedFields(page.json, apiFields.LinkPage ?? [])).toEqual([]);
    const path = `/${a.fixture.linkId}`;
    for (const call of [
      { method: "GET" as const, path },
      { method: "PATCH" as const, path, body: { name: "Letters" } },
      {
        method: "POST" as const,
        body: {
          kind: "form",
          practiceGroupId: a.fixture.practiceGroupId,
          formId: a.fixture.formId,
          expiresOn: addDays(ukDateOf(new Date()), 9),
          maxUses: 1,
        },
      },
    ]) {
      const { status, json } = await callApi({ key, ...call });
      expect(status).toBeLessThan(300);
      expect(unlistedFields(json, apiFields.Link ?? [])).toEqual([]);
    }
    const problem = await callApi({ key, method: "POST", body: { secret: true } });
    expect(problem.status).toBe(400);
    expect(unlistedFields(problem.json, apiFields.Problem ?? [])).toEqual([]);
  });

  it("an internal field of a link does not reach the API", async () => {
    const owner = await a.tenant.asOwner();
    const view = await getLink(owner, { linkId: a.fixture.linkId });
    const resource = toLinkResource(Object.assign(view, { internalNote: "x" }));
    expect(JSON.stringify(resource)).not.toContain("internalNote");
    expect(unlistedFields(resource, apiFields.Link ?? [])).toEqual([]);
  });

  it("the API sends the listed fields of element sessions and tokens only", async () => {
    const placement = await createPlacementFixture("20533", "b");
    const session = await placement.openSession();
    expect(unlistedFields(session.json, apiFields.ElementSession ?? [])).toEqual([]);
    const token = await exchange({ secret: session.secret });
    expect(token.status).toBe(200);
    expect(unlistedFields(token.json, apiFields.ElementToken ?? [])).toEqual([]);
  });

  // Last, because they change what the other tests read. Some find nothing left to change.
  it.each(portalEntries.filter(({ kind }) => kind === "mutation"))(
    "the mutation $name sends the listed fields only",
    async (entry) => {
      const { data } = await callAsOwner(entry);
      expect(unlistedFields(data, portalFields[entry.name] ?? [])).toEqual([]);
    },
  );

  it("a field that is not listed is found, at any depth", () => {
    const received = { id: "1", tags: ["a"], practice: { name: "b", key: "c" }, extra: null };
    expect(unlistedFields(received, ["id", "tags", "practice.name"])).toEqual([
      "practice.key",
      "extra",
    ]);
  });
});
