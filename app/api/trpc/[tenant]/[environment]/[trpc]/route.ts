import { createPortalContext } from "@/server/trpc/context";
import { serveRouter } from "@/server/trpc/http";
import { appRouter } from "@/server/routers/root";

type RouteContext = { params: Promise<{ tenant: string; environment: string; trpc: string }> };

async function serve(request: Request, { params }: RouteContext) {
  const { trpc, ...path } = await params;
  // An open page calls these by itself: they must not keep a session alive.
  const isActivity = !trpc.startsWith("live.");
  return serveRouter({
    request,
    router: appRouter,
    resolveContext: (call) => createPortalContext(call, path, isActivity),
  });
}

export { serve as GET, serve as POST };
