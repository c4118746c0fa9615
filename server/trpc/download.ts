import "server-only";
import { rowId } from "../schemas/text";
import type { TenantContext } from "../tenancy/context";
import { openPortalCall, readRequest } from "./context";
import { logFailure, toTrpcError } from "./errors";

const statusOf: Partial<Record<string, number>> = {
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
  open: (
    ctx: TenantContext,
    id: string,
  ) => Promise<{ fileName: string; pieces: AsyncGenerator<string> }>,
): Promise<Response> {
  const call = readRequest(request.headers);
  try {
    const { ctx } = await openPortalCall(call, path);
    // No row has any other id, and PostgreSQL would not take it.
    const known = rowId.safeParse(id);
    const { fileName, pieces } = await open(ctx, known.success ? known.data : nobodysId);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await pieces.return(undefined);
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
    const mapped = toTrpcError(error);
    logFailure(mapped, "download", call.requestId);
    return new Response(mapped.message, {
      status: statusOf[mapped.code] ?? 500,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  }
}

const nobodysId = "00000000-0000-4000-8000-000000000000";
