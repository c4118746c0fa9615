export const dynamic = "force-dynamic";

/** Liveness: the process answers; it says nothing of the parts behind it. */
export function GET() {
  return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
}
