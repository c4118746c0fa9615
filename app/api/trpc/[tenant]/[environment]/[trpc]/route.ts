import { openPortalCall } from "@/server/trpc/context";
import { serveRouter } from "@/server/trpc/http";
import { appRouter } from "@/server/trpc/router";

type Params = { params: Promise<{ tenant: string; environment: string }> };

async function serve(request: Request, { params }: Params) {
  const path = await params;
  return serveRouter({ request, router: appRouter, open: (call) => openPortalCall(call, path) });
}

export { serve as GET, serve as POST };
