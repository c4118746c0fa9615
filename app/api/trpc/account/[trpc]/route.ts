import { openAccountCall } from "@/server/trpc/context";
import { serveRouter } from "@/server/trpc/http";
import { accountRouter } from "@/server/trpc/router";

const serve = (request: Request) =>
  serveRouter({ request, router: accountRouter, open: openAccountCall });

export { serve as GET, serve as POST };
