import "server-only";
import { overview, overviewInput, results, resultsInput } from "../schemas/results";
import { countResults } from "../services/results/count";
import { getOverview } from "../services/results/overview";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const resultsRouter = createPortalRouter({
  count: procedureFor("links.read")
    .input(resultsInput)
    .output(results)
    .query(({ ctx, input }) => countResults(ctx.tenant, input)),
  overview: procedureFor("links.read")
    .input(overviewInput)
    .output(overview)
    .query(({ ctx, input }) => getOverview(ctx.tenant, input)),
});
