import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parse } from "yaml";

type Json = Record<string, unknown>;

interface Parameter {
  name: string;
  in: "query" | "path" | "header";
  required?: boolean;
  schema?: Json;
}

interface ContractOperation {
  operationId: string;
  method: string;
  path: string;
  definition: Json;
}

const documentId = "hero.yaml";
const document: unknown = parse(
  readFileSync(new URL("../../openapi/hero.yaml", import.meta.url), "utf8"),
);

// The contract carries its own remarks as unknown keywords, so strict mode cannot be used.
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema({ ...asJson(document), $id: documentId });

const operations = new Map(allOperations().map((one) => [one.operationId, one]));
const compiled = new Map<string, ValidateFunction>();

/**
 * What is wrong with a reply by the contract: an undocumented status, or a body that does not fit.
 * An empty list means that it conforms. `body` is the parsed JSON.
 */
export function checkReply(operationId: string, status: number, body: unknown): string[] {
  const { path, method, definition } = operationNamed(operationId);
  const responses = asJson(definition.responses);
  const listed = responses?.[String(status)];
  if (!listed) return [`${operationId}: status ${status} is not in the contract`];
  const reference = asJson(listed)?.$ref;
  const at =
    typeof reference === "string"
      ? reference
      : pointer("paths", path, method, "responses", String(status));
  const content = asJson(asJson(resolve(at))?.content)?.["application/json"];
  if (!content) return body === undefined ? [] : [`${operationId}: ${status} has no body`];
  const check = checkAt(`${at}/content/application~1json/schema`);
  return check(body) ? [] : problems(`${operationId} ${status} body`, check);
}

/**
 * What is wrong with a request by the contract: an unknown, missing or unfitting query field, or
 * body. An empty list means that it conforms. A list in `query` is a repeated field.
 */
export function checkRequest(
  operationId: string,
  request: { query?: Record<string, string | string[]>; body?: unknown },
): string[] {
  const { path, method, definition } = operationNamed(operationId);
  const found: string[] = [];
  const parameters = parametersOf(definition);
  const query = request.query ?? {};
  for (const [name, value] of Object.entries(query)) {
    const at = parameters.findIndex((one) => one.in === "query" && one.name === name);
    if (at < 0) {
      found.push(`${operationId}: query field ${name} is not in the contract`);
      continue;
    }
    const base = pointer("paths", path, method, "parameters", String(at), "schema");
    const check = checkAt(base);
    const meant = Array.isArray(value) ? value : scalar(value, parameters[at]?.schema);
    if (!check(meant)) {
      found.push(...problems(`${operationId} query ${name}`, check));
    }
  }
  for (const one of parameters) {
    if (one.in === "query" && one.required && query[one.name] === undefined) {
      found.push(`${operationId}: query field ${one.name} is missing`);
    }
  }
  const hasBodySchema = asJson(definition.requestBody) !== undefined;
  if (request.body === undefined) {
    if (asJson(definition.requestBody)?.required === true) {
      found.push(`${operationId}: the body is missing`);
    }
    return found;
  }
  if (!hasBodySchema) return [...found, `${operationId}: takes no body`];
  const check = checkAt(
    `${pointer("paths", path, method, "requestBody")}/content/application~1json/schema`,
  );
  if (!check(request.body)) found.push(...problems(`${operationId} body`, check));
  return found;
}

/** The method and path template of an operation, for example `GET` and `/v1/slots/{id}`. */
export function placeOf(operationId: string): { method: string; path: string } {
  const { method, path } = operationNamed(operationId);
  return { method: method.toUpperCase(), path };
}

function checkAt(at: string): ValidateFunction {
  const known = compiled.get(at);
  if (known) return known;
  const made = ajv.compile({ $ref: `${documentId}${at}` });
  compiled.set(at, made);
  return made;
}

/** Query strings carry text only; this is the value which the text stands for. */
function scalar(value: string, schema: Json | undefined): unknown {
  if (schema?.type === "integer" || schema?.type === "number") {
    return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  }
  if (schema?.type === "boolean") {
    return value === "true" ? true : value === "false" ? false : value;
  }
  return schema?.type === "array" ? [value] : value;
}

function allOperations(): ContractOperation[] {
  const paths = asJson(asJson(document)?.paths) ?? {};
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(asJson(item) ?? {}).flatMap(([method, value]) => {
      const definition = asJson(value);
      const operationId = definition?.operationId;
      if (!definition || typeof operationId !== "string") return [];
      return [{ operationId, method, path, definition }];
    }),
  );
}

function operationNamed(operationId: string): ContractOperation {
  const found = operations.get(operationId);
  if (!found) throw new Error(`The contract has no operation ${operationId}`);
  return found;
}

function parametersOf(definition: Json): Parameter[] {
  const listed = Array.isArray(definition.parameters) ? definition.parameters : [];
  return listed.flatMap((one): Parameter[] => {
    const value = asJson(one);
    const place = value?.in;
    if (!value || typeof value.name !== "string") return [];
    if (place !== "query" && place !== "path" && place !== "header") return [];
    return [
      {
        name: value.name,
        in: place,
        required: value.required === true,
        schema: asJson(value.schema),
      },
    ];
  });
}

function problems(where: string, check: ValidateFunction): string[] {
  return (check.errors ?? []).map(
    (error) => `${where}${error.instancePath}: ${error.message ?? "does not fit"}`,
  );
}

function pointer(...steps: string[]): string {
  const escaped = steps.map((step) =>
    encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")),
  );
  return `#/${escaped.join("/")}`;
}

function resolve(at: string): unknown {
  return at
    .slice(2)
    .split("/")
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((value, step) => {
      if (Array.isArray(value)) return value[Number(step)];
      return asJson(value)?.[step];
    }, document);
}

function asJson(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}
