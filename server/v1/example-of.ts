import "server-only";
import { z } from "zod";

type JsonSchema = {
  example?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
};

function fromJsonSchema(schema: JsonSchema, path: string): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf?.[0]) return fromJsonSchema(schema.anyOf[0], path);
  if (!schema.properties) throw new Error(`The field ${path} has no example.`);
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, child]) => [
      name,
      fromJsonSchema(child, `${path}/${name}`),
    ]),
  );
}

/**
 * A value of a schema, from the `example` of each field's description or the first of its choices.
 * @throws Error when a field has neither
 */
export const exampleOf = (schema: z.ZodType): unknown =>
  fromJsonSchema(z.toJSONSchema(schema) as JsonSchema, "");
