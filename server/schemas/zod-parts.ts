/**
 * What the schemas use of zod, by name. Everything else, above all its fifty languages, stays out of what
 * browsers load: through `import * as z from "zod"` our bundler brings all of it along.
 */
export {
  array,
  boolean,
  coerce,
  config,
  custom,
  discriminatedUnion,
  email,
  enum,
  literal,
  looseObject,
  NEVER,
  null,
  number,
  object,
  partialRecord,
  preprocess,
  record,
  strictObject,
  string,
  union,
  unknown,
  url,
  uuid,
} from "zod";
export type { core, infer, input, output, ZodType } from "zod";
