import { createAccountContext } from "@/server/trpc/context";
import { serveRouter } from "@/server/trpc/http";
import { accountRouter } from "@/server/routers/root";

const serve = (request: Request) =>
  serveRouter({ request, router: accountRouter, resolveContext: createAccountContext });

export { serve as GET, serve as POST };
