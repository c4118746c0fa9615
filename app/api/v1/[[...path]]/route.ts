import { notFoundResponse } from "@/server/v1/handle-request";

/** Every address under `/api/v1` that is none: a problem like all others, not a page for people. */
export {
  notFoundResponse as DELETE,
  notFoundResponse as GET,
  notFoundResponse as OPTIONS,
  notFoundResponse as PATCH,
  notFoundResponse as POST,
  notFoundResponse as PUT,
};
