export const dynamic = "force-dynamic";

/** Liveness: the process responds. Checks nothing else. */
export function GET() {
  return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
}
