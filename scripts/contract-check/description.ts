import { parse } from "yaml";

/** What a description says about one value: a parameter, a field of a body or of a response. */
export type Part = {
  required: boolean;
  type: string;
  values: string;
  /** True when more values than these may come. */
  isOpenSet: boolean;
  pattern: string;
  /** Every other rule, such as the format or the largest length. */
  rules: string;
  /** True when the description itself marks it as a guess. */
  isInferred: boolean;
  isRequiredInferred: boolean;
};

export type Operation = {
  id: string;
  /** Such as `POST /v1/booking_links`. */
  route: string;
  isInferred: boolean;
  /** Whether the description claims to list everything. */
  isComplete: boolean;
  parts: Map<string, Part>;
};

/** An API description, one entry for each operation. */
export type Description = { operations: Map<string, Operation>; settings: Map<string, string> };

type Json = Record<string, unknown>;

const methods = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];
const maxDepth = 12;
/** Keywords with a place in `Part`, and those that validate nothing. */
const otherKeywords = new Set([
  ...["type", "properties", "items", "required", "enum", "pattern", "nullable", "allOf"],
  ...["oneOf", "anyOf", "description", "title", "example", "examples", "default", "deprecated"],
  ...["readOnly", "writeOnly", "externalDocs", "xml", "$ref"],
]);

const asObject = (value: unknown): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const entriesOf = (value: unknown) => Object.entries(asObject(value) ?? {});

/**
 * Reads an OpenAPI 3 description, YAML or JSON.
 * @throws Error with one sentence when it is none
 */
export function readDescription(text: string): Description {
  let document: Json | undefined;
  try {
    // The aliases of a hostile file could expand without end.
    document = asObject(parse(text, { maxAliasCount: 100 }));
  } catch (cause) {
    throw new Error("The description is neither YAML nor JSON.", { cause });
  }
  if (
    typeof document?.openapi !== "string" ||
    !document.openapi.startsWith("3.") ||
    !asObject(document.paths)
  ) {
    throw new Error("The file is not an OpenAPI 3 description.");
  }
  const resolve = resolverOf(document);
  const operations = new Map<string, Operation>();
  const addAll = (items: unknown, prefix: string) => {
    for (const [path, item] of entriesOf(items)) {
      const pathItem = resolve(item);
      for (const method of methods) {
        const definition = asObject(pathItem?.[method]);
        if (!pathItem || !definition) continue;
        const route = `${method.toUpperCase()} ${prefix}${path}`;
        operations.set(route, readOperation(route, pathItem, definition, resolve));
      }
    }
  };
  addAll(document.paths, "");
  addAll(document.webhooks, "webhook ");
  return { operations, settings: readSettings(document, resolve) };
}

type Resolve = (value: unknown) => Json | undefined;

/** Follows local references; a reference to another document is left as it is. */
function resolverOf(document: Json): Resolve {
  return (value) => {
    let node = asObject(value);
    for (let hops = 0; node && typeof node.$ref === "string" && hops < maxDepth; hops += 1) {
      if (!node.$ref.startsWith("#/")) return node;
      let target: unknown = document;
      for (const key of node.$ref.slice(2).split("/")) {
        target = asObject(target)?.[key.replaceAll("~1", "/").replaceAll("~0", "~")];
      }
      node = asObject(target);
    }
    return node;
  };
}

/** What is said once for all operations: addresses and the headers that authenticate. */
function readSettings(document: Json, resolve: Resolve): Map<string, string> {
  const settings = new Map<string, string>();
  settings.set(
    "servers",
    asList(document.servers)
      .map((server) => String(asObject(server)?.url))
      .join(", "),
  );
  for (const [name, scheme] of entriesOf(asObject(document.components)?.securitySchemes)) {
    const { type, in: place, name: header, scheme: kind } = resolve(scheme) ?? {};
    settings.set(`security ${name}`, [type, place, header, kind].filter(Boolean).join(" "));
  }
  settings.set("security", JSON.stringify(document.security ?? []));
  return settings;
}

function readOperation(
  route: string,
  pathItem: Json,
  definition: Json,
  resolve: Resolve,
): Operation {
  const parts = new Map<string, Part>();
  const add = (name: string, schema: unknown, isRequired: boolean, isInferred: boolean) =>
    addParts(parts, resolve, { name, schema, isRequired, isInferred, depth: 0 });
  for (const item of [...asList(pathItem.parameters), ...asList(definition.parameters)]) {
    const parameter = resolve(item);
    if (!parameter) continue;
    const content = asObject(Object.values(asObject(parameter.content) ?? {})[0]);
    add(
      `${String(parameter.in)}.${String(parameter.name)}`,
      parameter.schema ?? content?.schema,
      parameter.required === true,
      parameter["x-inferred"] === true,
    );
  }
  const body = resolve(definition.requestBody);
  if (body) {
    for (const [type, media] of entriesOf(body.content)) {
      const isInferred = body["x-inferred"] === true;
      add(nameOfMedia("body", type), asObject(media)?.schema, body.required === true, isInferred);
    }
  }
  const responses = entriesOf(definition.responses);
  const success = responses.map(([status]) => status).find((status) => status.startsWith("2"));
  for (const [status, item] of responses) {
    const response = resolve(item);
    const isInferred = response?.["x-inferred"] === true;
    parts.set(`status ${status}`, { ...emptyPart, required: true, isInferred });
    for (const [type, media] of entriesOf(response?.content)) {
      const name = nameOfMedia(status === success ? "reply" : status, type);
      add(name, asObject(media)?.schema, true, isInferred);
    }
  }
  if (definition.security) {
    parts.set("security", { ...emptyPart, rules: JSON.stringify(definition.security) });
  }
  const evidence = definition["x-evidence"];
  return {
    id: typeof definition.operationId === "string" ? definition.operationId : "",
    route,
    isInferred: definition["x-path-inferred"] === true || definition["x-method-inferred"] === true,
    isComplete: evidence === undefined || evidence === "documented",
    parts,
  };
}

const emptyPart: Part = {
  required: false,
  type: "",
  values: "",
  isOpenSet: false,
  pattern: "",
  rules: "",
  isInferred: false,
  isRequiredInferred: false,
};

const nameOfMedia = (name: string, type: string) =>
  type.startsWith("application/json") ? name : `${name} (${type})`;

type SchemaAt = {
  name: string;
  schema: unknown;
  isRequired: boolean;
  isInferred: boolean;
  isRequiredInferred?: boolean;
  depth: number;
};

/** Adds a value and everything inside it: `reply.data[].id`. Variants are numbered: `body|1.dob`. */
function addParts(parts: Map<string, Part>, resolve: Resolve, at: SchemaAt): void {
  const schema = mergeAll(resolve(at.schema) ?? {}, resolve);
  const isInferred = at.isInferred || schema["x-inferred"] === true;
  const types = [schema.type].flat().filter((type) => typeof type === "string");
  if (schema.nullable === true) types.push("null");
  const values = schema.enum ?? schema["x-known-values"];
  const rules = Object.entries(schema).filter(
    ([key]) => !otherKeywords.has(key) && !key.startsWith("x-"),
  );
  const variants = [...asList(schema.oneOf), ...asList(schema.anyOf)];
  parts.set(at.name, {
    required: at.isRequired,
    type: [...new Set(types)].toSorted().join(" or "),
    values: values === undefined ? "" : asList(values).map(String).toSorted().join(", "),
    isOpenSet: schema.enum === undefined,
    pattern: typeof schema.pattern === "string" ? schema.pattern : "",
    rules: rules
      .map(([key, value]) => `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`)
      .toSorted()
      .join(", "),
    isInferred,
    isRequiredInferred: at.isRequiredInferred === true,
  });
  if (at.depth >= maxDepth) return;
  const depth = at.depth + 1;
  const required = asList(schema.required);
  for (const [key, value] of entriesOf(schema.properties)) {
    const isRequired = required.includes(key);
    const name = `${at.name}.${key}`;
    const isRequiredInferred = schema["x-required-inferred"] === true;
    const field = { name, schema: value, isRequired, isRequiredInferred, isInferred, depth };
    addParts(parts, resolve, field);
  }
  if (schema.items !== undefined) {
    const name = `${at.name}[]`;
    addParts(parts, resolve, { name, schema: schema.items, isRequired: true, isInferred, depth });
  }
  for (const [index, variant] of variants.entries()) {
    const name = `${at.name}|${index + 1}`;
    addParts(parts, resolve, { name, schema: variant, isRequired: true, isInferred, depth });
  }
}

/** The schema with everything of its `allOf`. */
function mergeAll(schema: Json, resolve: Resolve, depth = 0): Json {
  if (!Array.isArray(schema.allOf) || depth > maxDepth) return schema;
  const { allOf, ...own } = schema;
  return asList(allOf)
    .map((item) => mergeAll(resolve(item) ?? {}, resolve, depth + 1))
    .reduce<Json>(
      (merged, item) => ({
        ...item,
        ...merged,
        properties: { ...asObject(item.properties), ...asObject(merged.properties) },
        required: [...asList(merged.required), ...asList(item.required)],
      }),
      own,
    );
}
