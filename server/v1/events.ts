import "server-only";
import { listEventsQuery } from "../schemas/api-v1";
import { listEventsByApi } from "../services/events/api";
import { handleApiRequest, parseQuery } from "./handle-request";

/** The same query with the next cursor. */
function nextPageUrl(request: Request, cursor: string): string {
  const { searchParams } = new URL(request.url);
  searchParams.set("cursor", cursor);
  return `/api/v1/events?${searchParams}`;
}

export const listEvents = (request: Request) =>
  handleApiRequest(request, "v1.events.list", "events.read", async (ctx) => {
    const page = await listEventsByApi(ctx, parseQuery(request, listEventsQuery));
    const { nextCursor, hasMore } = page;
    return {
      status: 200,
      body: page,
      ...(hasMore && { headers: { link: `<${nextPageUrl(request, nextCursor)}>; rel="next"` } }),
    };
  });
