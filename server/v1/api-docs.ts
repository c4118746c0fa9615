import "server-only";
import type { ApiDocs, ApiEventType, ApiField, ApiOperation } from "../schemas/api-docs";
import { buildOpenApi } from "./openapi";
import { errorTable } from "../http/error-table";
import { isProblemName, problemTypes, problemTypeUrl } from "./problem-types";

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
  requestBody?: { content: { "application/json": { schema: Schema; example?: unknown } } };
  responses: Record<string, { description: string }>;
};

type Document = {
  info: { description: string };
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, { post: Operation }>;
  components: { schemas: Record<string, Schema> };
};

function resolveRef(document: Document, schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name ? (document.components.schemas[name] ?? {}) : schema;
}

/** Describes a type, such as "one of live, closed", "integer, 1 to 100" or "list of string, or null". */
function describeType(document: Document, schemaOrRef: Schema): string {
  const schema = resolveRef(document, schemaOrRef);
  const { anyOf, enum: values, type } = schema;
  if (anyOf) return anyOf.map((member) => describeType(document, member)).join(", or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (values) return `one of ${values.join(", ")}`;
  if (Array.isArray(type)) {
    return type.map((member) => describeType(document, { ...schema, type: member })).join(", or ");
  }
  if (type === "array") {
    const limit = schema.maxItems ? `, at most ${schema.maxItems}` : "";
    return `list of ${describeType(document, schema.items ?? {})}${limit}`;
  }
  if (type === "integer" || type === "number") {
    const range =
      schema.minimum !== undefined && (schema.maximum ?? Infinity) < Number.MAX_SAFE_INTEGER
        ? `, ${schema.minimum} to ${schema.maximum?.toLocaleString("en-GB")}`
        : "";
    return `${type}${range}`;
  }
  if (schema.properties) return `{ ${Object.keys(schema.properties).join(", ")} }`;
  if (schema.format === "date") return "date";
  return type ?? "any";
}

function fieldsOf(document: Document, schemaOrRef: Schema): ApiField[] {
  const { properties = {}, required = [] } = resolveRef(document, schemaOrRef);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    type: describeType(document, schema),
    isRequired: required.includes(name),
    description: schema.description ?? "",
  }));
}

function bodyName(kind: unknown, by: unknown): string {
  if (typeof kind === "string") return `A ${kind} link`;
  return typeof by === "string" ? `By ${by}` : "";
}

function bodiesOf(document: Document, { requestBody }: Operation): ApiOperation["bodies"] {
  const schema = requestBody?.content["application/json"].schema;
  if (!schema) return [];
  const shapes = resolveRef(document, schema).oneOf ?? [schema];
  return shapes.map((shape) => {
    const { kind, by } = resolveRef(document, shape).properties ?? {};
    return {
      name: bodyName(kind?.const, by?.const),
      fields: fieldsOf(document, shape),
    };
  });
}

const parameterField = (document: Document, parameter: Parameter): ApiField => ({
  name: parameter.name,
  type: describeType(document, parameter.schema ?? {}),
  isRequired: parameter.required === true,
  description: parameter.description ?? "",
});

// `createDocument` returns JSON of the shape above.
const loadDocument = () => buildOpenApi() as unknown as Document;

/** The catalogue of event types, from the document's `webhooks`. */
export function describeEventTypes(document = loadDocument()): ApiEventType[] {
  return Object.entries(document.webhooks).map(([type, { post }]) => {
    const { schema = {}, example } = post.requestBody?.content["application/json"] ?? {};
    return {
      type,
      label: post.summary,
      fields: fieldsOf(document, resolveRef(document, schema).properties?.data ?? {}),
      example: JSON.stringify(example, null, 2),
    };
  });
}

/** Reads the OpenAPI document into what the documentation page shows. */
export function buildApiDocs(): ApiDocs {
  const document = loadDocument();
  const [webhook] = Object.values(document.webhooks);
  return {
    description: document.info.description,
    operations: Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        summary: operation.summary,
        description: operation.description,
        parameters: (operation.parameters ?? []).map((parameter) => ({
          ...parameterField(document, parameter),
          in: parameter.in,
        })),
        bodies: bodiesOf(document, operation),
        responses: Object.entries(operation.responses).map(([status, { description }]) => ({
          status,
          description,
        })),
      })),
    ),
    linkFields: fieldsOf(document, { $ref: "#/components/schemas/Link" }),
    messageFields: fieldsOf(document, { $ref: "#/components/schemas/Message" }),
    eventFields: fieldsOf(document, { $ref: "#/components/schemas/Event" }),
    webhookHeaders: (webhook?.post.parameters ?? []).map((parameter) =>
      parameterField(document, parameter),
    ),
    eventTypes: describeEventTypes(document),
    problems: Object.keys(problemTypes)
      .filter(isProblemName)
      .map((name) => ({
        name,
        status: errorTable[name].status,
        ...problemTypes[name],
        type: problemTypeUrl(name),
      })),
  };
}
