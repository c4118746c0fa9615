import { randomUUID } from "node:crypto";
import * as sessionsRoute from "@/app/api/v1/element-sessions/route";
import * as tokenRoute from "@/app/api/v1/element-sessions/token/route";
import { createApiKey } from "@/server/services/api-keys/create";
import { createPlacement } from "@/server/services/placements/save";
import type { TenantContext } from "@/server/tenancy/context";
import { findPractice, listCalls } from "./hero";
import { makeTenant } from "./tenants";

const address = "http://localhost:3000/api/v1/element-sessions";

async function readAnswer(answer: Response) {
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    json: (text ? JSON.parse(text) : {}) as Record<string, unknown>,
    headers: answer.headers,
  };
}

/** Asks for a session as a partner's server does, through the route handler itself. */
export async function askForSession(key: string | undefined, body: unknown) {
  const request = new Request(address, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-request-id": randomUUID(),
      ...(key && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
  });
  return readAnswer(await sessionsRoute.POST(request));
}

/** Asks for a token as a page's loader does; a body that is text goes as it is. */
export async function exchange(
  body: unknown,
  origin: string | null = "https://app.example.org",
  headers: Record<string, string> = {},
) {
  const request = new Request(`${address}/token`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-request-id": randomUUID(),
      ...(origin !== null && { origin }),
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return readAnswer(await tokenRoute.POST(request));
}

/** Asks beforehand, as a browser does for a page of another origin. */
export const preflight = (origin: string) =>
  tokenRoute.OPTIONS(new Request(`${address}/token`, { method: "OPTIONS", headers: { origin } }));

/** A tenant with one practice, a placement for it, and a key that opens sessions. */
export async function makePlaced(practiceGroupId: string, partner: "a" | "b" | "c") {
  const tenant = await makeTenant();
  const practice = await findPractice(practiceGroupId, partner);
  const { id: practiceId } = await tenant.connect(practice);
  const owner: TenantContext = await tenant.as();
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
  const open = async (more: Record<string, unknown> = {}) => {
    const made = await askForSession(key, { placementId: placement.id, practiceGroupId, ...more });
    if (made.status !== 201) throw new Error(`No session: ${made.text}`);
    return { id: String(made.json.id), secret: String(made.json.secret), ...made };
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
    open,
    /** How often Hero was asked for a token with this practice's key. */
    countMints: async () => (await listCalls(practice.apiKey, "createAccessToken")).length,
  };
}

export type Placed = Awaited<ReturnType<typeof makePlaced>>;
