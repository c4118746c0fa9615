import "server-only";
import { tracked } from "@trpc/server";
import { liveEvent, livePositionInput, liveStream } from "../schemas/live";
import { listLiveChanges, openLiveStream } from "../services/live/stream";
import { createPortalRouter, portalProcedure } from "../trpc/procedures";

async function* trackEvents(events: Awaited<ReturnType<typeof openLiveStream>>) {
  for await (const event of events) yield tracked(String(event.position), liveEvent.parse(event));
}

export const liveRouter = createPortalRouter({
  changes: portalProcedure
    .input(livePositionInput)
    .output(liveStream)
    .subscription(async ({ ctx, input, signal }) =>
      trackEvents(await openLiveStream(ctx, input, signal)),
    ),
  since: portalProcedure
    .input(livePositionInput)
    .output(liveEvent)
    .query(({ ctx, input }) => listLiveChanges(ctx, input)),
});
