import "server-only";
import { errorTable } from "../http/error-table";
import { logFailure, toFailure } from "../http/errors";
import type { TenantContext } from "../tenancy/context";
import { createPortalContext, readBrowserRequest } from "../trpc/context";

const csvType = "text/csv; charset=utf-8";

/**
 * Streams a file to a signed-in member, with the same access check as pages and procedures. An error is a
 * status and a sentence.
 */
export async function serveDownload(
  request: Request,
  path: { tenant: string; environment: string },
  openFile: (
    ctx: TenantContext,
  ) => Promise<{ fileName: string; contentType?: string; chunks: AsyncGenerator<string> }>,
): Promise<Response> {
  const context = readBrowserRequest(request.headers);
  try {
    const { tenant } = await createPortalContext(context, path);
    const { fileName, contentType = csvType, chunks } = await openFile(tenant);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { value, done } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          // The browser has the status already; it reports a download that breaks off.
          logFailure(error, "download", context.requestId);
          throw error;
        }
      },
      async cancel() {
        await chunks.return(undefined);
      },
    });
    return new Response(body, {
      headers: {
        "content-type": contentType,
        "content-disposition": `attachment; filename="${fileName}"`,
        "cache-control": "no-store",
      },
    });
  } catch (error) {
    logFailure(error, "download", context.requestId);
    const { code, message } = toFailure(error);
    return new Response(message, {
      status: errorTable[code].status,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  }
}
