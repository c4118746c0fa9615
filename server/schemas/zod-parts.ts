/**
 * The parts of zod that the schemas use, by name: `import * as z from "zod"` would add all of it, with its
 * fifty languages, to what browsers load.
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
