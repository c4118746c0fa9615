import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parse } from "yaml";

type JsonObject = Record<string, unknown>;

interface Parameter {
  name: string;
  in: "query" | "path" | "header";
  required?: boolean;
  schema?: JsonObject;
}

interface ContractOperation {
  operationId: string;
  method: string;
  path: string;
  definition: JsonObject;
}

const documentId = "hero.yaml";
const document: unknown = parse(
  readFileSync(new URL("../../openapi/hero.yaml", import.meta.url), "utf8"),
);

// The contract has its own keywords, which strict mode rejects.
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema({ ...asObject(document), $id: documentId });

const operations = new Map(listOperations().map((operation) => [operation.operationId, operation]));
const compiled = new Map<string, ValidateFunction>();

/**
 * The problems of a response by the contract: an undocumented status or a body that does not match. An
 * empty list means that it conforms. `body` is the parsed JSON.
 */
export function checkReply(operationId: string, status: number, body: unknown): string[] {
  const { path, method, definition } = getOperation(operationId);
  const responses = asObject(definition.responses);
  const declared = responses?.[String(status)];
  if (!declared) return [`${operationId}: status ${status} is not in the contract`];
  const refPath = asObject(declared)?.$ref;
  const responsePath =
    typeof refPath === "string"
      ? refPath
      : jsonPointer("paths", path, method, "responses", String(status));
  const content = asObject(asObject(resolvePointer(responsePath))?.content)?.["application/json"];
  if (!content) return body === undefined ? [] : [`${operationId}: ${status} has no body`];
  const validate = compileSchema(`${responsePath}/content/application~1json/schema`);
  return validate(body) ? [] : formatErrors(`${operationId} ${status} body`, validate);
}

/**
 * The problems of a request by the contract: an unknown, missing or invalid query parameter, or an invalid
 * body. An empty list means that it conforms. A list in `query` is a repeated parameter.
 */
export function checkRequest(
  operationId: string,
  request: { query?: Record<string, string | string[]>; body?: unknown },
): string[] {
  const { path, method, definition } = getOperation(operationId);
  const errors: string[] = [];
  const parameters = parametersOf(definition);
  const query = request.query ?? {};
  for (const [name, value] of Object.entries(query)) {
    const index = parameters.findIndex(
      (parameter) => parameter.in === "query" && parameter.name === name,
    );
    if (index < 0) {
      errors.push(`${operationId}: query field ${name} is not in the contract`);
      continue;
    }
    const schemaPath = jsonPointer("paths", path, method, "parameters", String(index), "schema");
    const validate = compileSchema(schemaPath);
    const typedValue = Array.isArray(value) ? value : parseScalar(value, parameters[index]?.schema);
    if (!validate(typedValue)) {
      errors.push(...formatErrors(`${operationId} query ${name}`, validate));
    }
  }
  for (const parameter of parameters) {
    if (parameter.in === "query" && parameter.required && query[parameter.name] === undefined) {
      errors.push(`${operationId}: query field ${parameter.name} is missing`);
    }
  }
  const hasBodySchema = asObject(definition.requestBody) !== undefined;
  if (request.body === undefined) {
    if (asObject(definition.requestBody)?.required === true) {
      errors.push(`${operationId}: the body is missing`);
    }
    return errors;
  }
  if (!hasBodySchema) return [...errors, `${operationId}: takes no body`];
  const validate = compileSchema(
    `${jsonPointer("paths", path, method, "requestBody")}/content/application~1json/schema`,
  );
  if (!validate(request.body)) errors.push(...formatErrors(`${operationId} body`, validate));
  return errors;
}

/** The method and path template of an operation, such as `GET` and `/v1/slots/{id}`. */
export function getOperationRoute(operationId: string): { method: string; path: string } {
  const { method, path } = getOperation(operationId);
  return { method: method.toUpperCase(), path };
}

function compileSchema(schemaPath: string): ValidateFunction {
  const cached = compiled.get(schemaPath);
  if (cached) return cached;
  const validate = ajv.compile({ $ref: `${documentId}${schemaPath}` });
  compiled.set(schemaPath, validate);
  return validate;
}

/** The typed value of a query string's text. */
function parseScalar(value: string, schema: JsonObject | undefined): unknown {
  if (schema?.type === "integer" || schema?.type === "number") {
    return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  }
  if (schema?.type === "boolean") {
    return value === "true" ? true : value === "false" ? false : value;
  }
  return schema?.type === "array" ? [value] : value;
}

function listOperations(): ContractOperation[] {
  const paths = asObject(asObject(document)?.paths) ?? {};
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(asObject(item) ?? {}).flatMap(([method, value]) => {
      const definition = asObject(value);
      const operationId = definition?.operationId;
      if (!definition || typeof operationId !== "string") return [];
      return [{ operationId, method, path, definition }];
    }),
  );
}

function getOperation(operationId: string): ContractOperation {
  const operation = operations.get(operationId);
  if (!operation) throw new Error(`The contract has no operation ${operationId}`);
  return operation;
}

function parametersOf(definition: JsonObject): Parameter[] {
  const declared = Array.isArray(definition.parameters) ? definition.parameters : [];
  return declared.flatMap((item): Parameter[] => {
    const value = asObject(item);
    const location = value?.in;
    if (!value || typeof value.name !== "string") return [];
    if (location !== "query" && location !== "path" && location !== "header") return [];
    return [
      {
        name: value.name,
        in: location,
        required: value.required === true,
        schema: asObject(value.schema),
      },
    ];
  });
}

function formatErrors(subject: string, validate: ValidateFunction): string[] {
  return (validate.errors ?? []).map(
    (error) => `${subject}${error.instancePath}: ${error.message ?? "does not fit"}`,
  );
}

function jsonPointer(...steps: string[]): string {
  const escaped = steps.map((step) =>
    encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")),
  );
  return `#/${escaped.join("/")}`;
}

function resolvePointer(pointer: string): unknown {
  return pointer
    .slice(2)
    .split("/")
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((value, step) => {
      if (Array.isArray(value)) return value[Number(step)];
      return asObject(value)?.[step];
    }, document);
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}
