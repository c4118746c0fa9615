import "server-only";
import { describeApi } from "./openapi";
import { isProblemName, problems, problemType } from "./problem-types";

/** The description of the API as a page shows it, read from the OpenAPI document itself. */
export type ApiGuide = {
  about: string;
  operations: ApiOperation[];
  /** The fields of a link in answers. */
  link: ApiField[];
  problems: { name: string; status: number; title: string; meaning: string; type: string }[];
};

export type ApiField = { name: string; type: string; isRequired: boolean; about: string };

export type ApiOperation = {
  id: string;
  method: string;
  path: string;
  summary: string;
  about: string;
  parameters: (ApiField & { in: string })[];
  /** What the body may be: one shape, or one for each kind of link. */
  bodies: { name: string; fields: ApiField[] }[];
  answers: { status: string; about: string }[];
};

type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  description?: string;
};

type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
};

type Operation = {
  operationId: string;
  summary: string;
  description: string;
  parameters?: Parameter[];
  requestBody?: { content: { "application/json": { schema: Schema } } };
  responses: Record<string, { description: string }>;
};

type Document = {
  info: { description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

function resolve(document: Document, schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name ? (document.components.schemas[name] ?? {}) : schema;
}

/** A type in words: "one of live, closed", "whole number, 1 to 100", "list of text, or null". */
function typeOf(document: Document, given: Schema): string {
  const schema = resolve(document, given);
  const { anyOf, enum: values, type } = schema;
  if (anyOf) return anyOf.map((each) => typeOf(document, each)).join(", or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (values) return `one of ${values.join(", ")}`;
  if (Array.isArray(type)) {
    return type.map((each) => typeOf(document, { ...schema, type: each })).join(", or ");
  }
  if (type === "array") {
    const most = schema.maxItems ? `, at most ${schema.maxItems}` : "";
    return `list of ${typeOf(document, schema.items ?? {})}${most}`;
  }
  if (type === "integer" || type === "number") {
    const range =
      schema.minimum !== undefined && (schema.maximum ?? Infinity) < Number.MAX_SAFE_INTEGER
        ? `, ${schema.minimum} to ${schema.maximum?.toLocaleString("en-GB")}`
        : "";
    return type === "integer" ? `whole number${range}` : "number";
  }
  if (schema.properties) return `{ ${Object.keys(schema.properties).join(", ")} }`;
  if (schema.format === "date") return "day";
  const words: Record<string, string> = { string: "text", boolean: "true or false", null: "null" };
  return words[type ?? ""] ?? type ?? "anything";
}

function fieldsOf(document: Document, given: Schema): ApiField[] {
  const { properties = {}, required = [] } = resolve(document, given);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    type: typeOf(document, schema),
    isRequired: required.includes(name),
    about: schema.description ?? "",
  }));
}

function bodiesOf(document: Document, { requestBody }: Operation): ApiOperation["bodies"] {
  const schema = requestBody?.content["application/json"].schema;
  if (!schema) return [];
  const shapes = resolve(document, schema).oneOf ?? [schema];
  return shapes.map((shape) => {
    const kind = resolve(document, shape).properties?.kind?.const;
    return {
      name: typeof kind === "string" ? `A ${kind} link` : "",
      fields: fieldsOf(document, shape),
    };
  });
}

/** Reads the document into what a page shows. */
export function readGuide(): ApiGuide {
  // The document is JSON of the shape named above; it is ours, made by `createDocument`.
  const document = describeApi() as unknown as Document;
  return {
    about: document.info.description,
    operations: Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        summary: operation.summary,
        about: operation.description,
        parameters: (operation.parameters ?? []).map(({ name, in: place, ...rest }) => ({
          name,
          in: place,
          type: typeOf(document, rest.schema ?? {}),
          isRequired: rest.required === true,
          about: rest.description ?? "",
        })),
        bodies: bodiesOf(document, operation),
        answers: Object.entries(operation.responses).map(([status, { description }]) => ({
          status,
          about: description,
        })),
      })),
    ),
    link: fieldsOf(document, { $ref: "#/components/schemas/Link" }),
    problems: Object.keys(problems)
      .filter(isProblemName)
      .map((name) => ({ name, ...problems[name], type: problemType(name) })),
  };
}
