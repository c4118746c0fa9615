import "server-only";
import { createHmac, randomUUID } from "node:crypto";
import { and, desc, eq, inArray } from "drizzle-orm";
import { db } from "@/db/client";
import { practices } from "@/db/schema/practices";
import { webhookRegistrations } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { ConflictError, NotFoundError } from "../../errors";
import { testEventType } from "../../schemas/event-catalogue";
import type { EndpointIdInput, EndpointTest } from "../../schemas/webhooks";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import { lockEndpoint } from "./load";
import { openSigningKey } from "./signing-key";
import { endpointUrl } from "./urls";

const timeLimitMs = 10_000;

/**
 * Sends a signed event to the endpoint's own public address, as Hero would. It shows that the address
 * answers from here, not that Hero can reach it: only a delivery from Hero shows that.
 *
 * @throws NotFoundError, ConflictError without a signing key
 */
export async function testEndpoint(
  ctx: TenantContext,
  { endpointId }: EndpointIdInput,
): Promise<EndpointTest> {
  requirePermission(ctx, "webhooks.manage");
  const { url, signingKey, practice } = await db.tenant(ctx, async (tx) => {
    const endpoint = await lockEndpoint(tx, ctx, endpointId);
    const [found] = await tx
      .select({ name: practices.name, practiceGroupId: practices.practiceGroupId })
      .from(practices)
      .where(and(inScope(practices, ctx), eq(practices.id, endpoint.practiceId)));
    if (!found) throw new NotFoundError();
    const [registration] = await tx
      .select({ id: webhookRegistrations.id })
      .from(webhookRegistrations)
      .where(
        and(
          inScope(webhookRegistrations, ctx),
          eq(webhookRegistrations.endpointId, endpointId),
          inArray(webhookRegistrations.state, ["pending", "active", "lost"]),
        ),
      )
      .orderBy(desc(webhookRegistrations.createdAt))
      .limit(1);
    if (!registration) throw new ConflictError("This webhook is not registered. Repair it first.");
    return {
      url: endpointUrl(endpoint.urlToken),
      signingKey: await openSigningKey(tx, ctx, registration.id),
      practice: found,
    };
  });
  const result = await sendTest(url, signingKey, practice.practiceGroupId);
  const subject = { type: "webhook", id: endpointId, label: practice.name } as const;
  await db.tenant(ctx, (tx) =>
    recordAudit(tx, ctx, "webhook.tested", subject, { status: result.status }),
  );
  return result;
}

async function sendTest(
  url: string,
  signingKey: string,
  practiceGroupId: string,
): Promise<EndpointTest> {
  const body = JSON.stringify({
    object: "Test",
    id: randomUUID(),
    practice_group_id: practiceGroupId,
    event: testEventType,
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", signingKey).update(`${timestamp}.${body}`).digest("hex");
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  try {
    const { status, body: reply } = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-herohealth-timestamp": timestamp,
        "x-herohealth-signature": signature,
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeLimitMs),
    });
    const durationMs = elapsed();
    await reply?.cancel();
    const problem = status === 200 ? null : problemOfStatus(status);
    return { isAnswered: status === 200, status, durationMs, problem };
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    const problem = isLate
      ? "The endpoint did not respond within 10 seconds. Check that the network lets the portal reach its own public address."
      : "The endpoint could not be reached. Check the setting PUBLIC_URL, its host name and its certificate.";
    return { isAnswered: false, status: null, durationMs: elapsed(), problem };
  }
}

function problemOfStatus(status: number): string {
  if (status >= 300 && status < 400) {
    return "The endpoint redirects, and Hero may not follow that. Set PUBLIC_URL to the final address.";
  }
  if (status === 401) {
    return "The endpoint rejected the signature. A proxy may change the body or remove headers.";
  }
  if (status === 404 || status === 405) {
    return "Another server responds at this address. Check PUBLIC_URL.";
  }
  if (status === 413) return "A proxy limits the size of requests. Raise its limit.";
  return "The endpoint returned an error. Check the proxies in front of the portal.";
}
