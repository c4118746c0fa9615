import "server-only";
import { rowId } from "../schemas/text";
import type { TenantContext } from "../tenancy/context";
import { createPortalContext, createRequestContext } from "./context";
import { logFailure, toTrpcError } from "./errors";

const httpStatusByCode: Partial<Record<string, number>> = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_REQUEST: 400,
  SERVICE_UNAVAILABLE: 503,
};

/**
 * Answers a signed-in member with a file, piece by piece as the reader takes it, behind the same gate as
 * pages and procedures. What is wrong is a status and a sentence.
 */
export async function serveDownload(
  request: Request,
  path: { tenant: string; environment: string },
  /** Our own id of what is downloaded. */
  id: string,
  openFile: (
    ctx: TenantContext,
    id: string,
  ) => Promise<{ fileName: string; chunks: AsyncGenerator<string> }>,
): Promise<Response> {
  const context = createRequestContext(request.headers);
  try {
    const { tenant } = await createPortalContext(context, path);
    // No row has any other id, and PostgreSQL would not take it.
    const parsedId = rowId.safeParse(id);
    const { fileName, chunks } = await openFile(tenant, parsedId.success ? parsedId.data : nilId);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value, done } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await chunks.return(undefined);
      },
    });
    return new Response(body, {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${fileName}"`,
        "cache-control": "no-store",
      },
    });
  } catch (error) {
    const mappedError = toTrpcError(error);
    logFailure(mappedError, "download", context.requestId);
    return new Response(mappedError.message, {
      status: httpStatusByCode[mappedError.code] ?? 500,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  }
}

const nilId = "00000000-0000-4000-8000-000000000000";
