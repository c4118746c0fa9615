import { notFoundResponse } from "@/server/v1/handle-request";

/** Unknown addresses under `/api/v1` get a problem instead of a page. */
export {
  notFoundResponse as DELETE,
  notFoundResponse as GET,
  notFoundResponse as OPTIONS,
  notFoundResponse as PATCH,
  notFoundResponse as POST,
  notFoundResponse as PUT,
};
