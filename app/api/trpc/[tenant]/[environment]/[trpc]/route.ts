import { createPortalContext } from "@/server/trpc/context";
import { serveRouter } from "@/server/trpc/http";
import { appRouter } from "@/server/routers/root";

type RouteContext = { params: Promise<{ tenant: string; environment: string }> };

async function serve(request: Request, { params }: RouteContext) {
  const path = await params;
  return serveRouter({
    request,
    router: appRouter,
    resolveContext: (call) => createPortalContext(call, path),
  });
}

export { serve as GET, serve as POST };
