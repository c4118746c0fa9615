import { checkHealth } from "@/server/services/health";

export const dynamic = "force-dynamic";

/** Readiness: 200 if the database, migrations and worker are healthy, or 503 with the failing part. */
export async function GET() {
  const health = await checkHealth();
  return Response.json(health, {
    status: health.status === "ok" ? 200 : 503,
    headers: { "cache-control": "no-store" },
  });
}
