import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import * as sessionsRoute from "@/app/api/v1/element-sessions/route";
import * as tokenRoute from "@/app/api/v1/element-sessions/token/route";
import { createApiKey } from "@/server/services/api-keys/create";
import { createPlacement } from "@/server/services/placements/save";
import type { TenantContext } from "@/server/tenancy/context";
import { getSandboxPractice, listHeroCalls } from "./hero";
import { createTenant } from "./tenants";

const sessionsUrl = "http://localhost:3000/api/v1/element-sessions";

async function readResponse(response: Response) {
  const text = await response.text();
  return {
    status: response.status,
    text,
    json: (text ? JSON.parse(text) : {}) as Record<string, unknown>,
    headers: response.headers,
  };
}

/** Opens a session as a partner's server does, through the route handler. */
export async function requestSession(key: string | undefined, body: unknown) {
  const request = new Request(sessionsUrl, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-request-id": randomUUID(),
      ...(key && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
  });
  return readResponse(await sessionsRoute.POST(request));
}

/** Exchanges a secret as a page's loader does; a text body is sent as is. */
export async function exchange(
  body: unknown,
  origin: string | null = "https://app.example.org",
  headers: Record<string, string> = {},
) {
  const request = new Request(`${sessionsUrl}/token`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-request-id": randomUUID(),
      ...(origin !== null && { origin }),
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return readResponse(await tokenRoute.POST(request));
}

/** Sends the preflight of a page of another origin. */
export const preflight = (origin: string) =>
  tokenRoute.OPTIONS(
    new Request(`${sessionsUrl}/token`, { method: "OPTIONS", headers: { origin } }),
  );

/** A tenant with one practice, a placement for it, and a key that opens sessions. */
export async function createPlacementFixture(practiceGroupId: string, partner: "a" | "b" | "c") {
  const tenant = await createTenant();
  const practice = await getSandboxPractice(practiceGroupId, partner);
  const { id: practiceId } = await tenant.connect(practice);
  const owner: TenantContext = await tenant.asOwner();
  const placement = await createPlacement(owner, {
    element: "hh-message-builder",
    name: "Messages",
    practiceIds: [practiceId],
    origins: ["https://app.example.org", "https://*.clinic.example.org"],
    theme: { font: { sans: "Inter, sans-serif" } },
    attributes: { adminId: "7" },
  });
  const { key, view } = await createApiKey(owner, {
    name: "Server",
    permissions: ["element_sessions.create"],
  });
  const openSession = async (overrides: Record<string, unknown> = {}) => {
    const response = await requestSession(key, {
      placementId: placement.id,
      practiceGroupId,
      ...overrides,
    });
    if (response.status !== 201) throw new Error(`No session: ${response.text}`);
    return { id: String(response.json.id), secret: String(response.json.secret), ...response };
  };
  return {
    tenant,
    owner,
    practiceId,
    practiceGroupId,
    heroKey: practice.apiKey,
    placementId: placement.id,
    key,
    keyId: view.id,
    openSession: openSession,
    /** How often a token was requested from Hero with this practice's key. */
    countTokenCalls: async () => (await listHeroCalls(practice.apiKey, "createAccessToken")).length,
  };
}

export type PlacementFixture = Awaited<ReturnType<typeof createPlacementFixture>>;

export const problemType = ({ json }: { json: Record<string, unknown> }) =>
  String(json.type).split("/").at(-1);

/** Expectations about exchanges, which count the tokens that Hero issued for these fixtures. */
export function checkExchanges(fixtures: () => PlacementFixture[]) {
  const countTokenCalls = async () => {
    const counts = await Promise.all(fixtures().map((fixture) => fixture.countTokenCalls()));
    return counts.reduce((sum, count) => sum + count, 0);
  };

  /** Expects `task` to request this many tokens from Hero. */
  async function expectTokenCalls<Result>(count: number, task: () => Promise<Result>) {
    const before = await countTokenCalls();
    const result = await task();
    expect((await countTokenCalls()) - before).toBe(count);
    return result;
  }

  async function expectRejected(
    status: number,
    type: string,
    task: () => Promise<Awaited<ReturnType<typeof exchange>>>,
  ) {
    const response = await expectTokenCalls(0, task);
    expect({ status: response.status, type: problemType(response) }).toEqual({ status, type });
    expect(response.text).not.toContain("hes_");
    expect(response.headers.get("cache-control")).toBe("no-store");
    return response;
  }

  return { expectTokenCalls, expectRejected };
}
