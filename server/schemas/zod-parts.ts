/**
 * What the schemas use of zod, by name. Everything else, above all its fifty languages, stays out of what
 * browsers load: through `import * as z from "zod"` our bundler brings all of it along.
 */
export {
  array,
  boolean,
  config,
  custom,
  discriminatedUnion,
  enum,
  literal,
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
export type { core, infer, input, ZodType } from "zod";
