import { randomUUID } from "node:crypto";
import * as resolveRoute from "@/app/api/v1/links/[linkId]/resolve/route";
import * as linkRoute from "@/app/api/v1/links/[linkId]/route";
import * as linksRoute from "@/app/api/v1/links/route";
import type { ApiKeyPermission } from "@/server/schemas/api-keys";
import { createApiKey } from "@/server/services/api-keys/create";
import type { TenantContext } from "@/server/tenancy/context";

export type ApiCall = {
  method: "GET" | "POST" | "PATCH";
  /** `/{id}` or a query, after `/api/v1/links`. */
  path?: string;
  key?: string | undefined;
  /** Text is sent as is, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
};

export type ApiResponse = {
  status: number;
  text: string;
  json: Record<string, unknown>;
  headers: Headers;
};

/** Calls `/api/v1/links` through the route handlers. */
export async function callApi({
  method,
  path = "",
  key,
  body,
  headers,
}: ApiCall): Promise<ApiResponse> {
  const request = new Request(`http://localhost:3000/api/v1/links${path}`, {
    method,
    headers: {
      "x-request-id": randomUUID(),
      ...(key && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
  });
  const [, linkId, resolve] = /^\/([^?/]*)(\/resolve)?/.exec(path) ?? [];
  const params = Promise.resolve({ linkId: decodeURIComponent(linkId ?? "") });
  const response = await (resolve
    ? resolveRoute.POST(request, { params })
    : linkId === undefined
      ? method === "POST"
        ? linksRoute.POST(request)
        : linksRoute.GET(request)
      : method === "PATCH"
        ? linkRoute.PATCH(request, { params })
        : linkRoute.GET(request, { params }));
  const text = await response.text();
  return { status: response.status, text, json: JSON.parse(text), headers: response.headers };
}

const allPermissions: ApiKeyPermission[] = ["links.read", "links.create", "links.edit"];

export async function createTestApiKey(
  ctx: TenantContext,
  permissions = allPermissions,
  name = "Server",
) {
  const { key, view } = await createApiKey(ctx, { name, permissions });
  return { key, id: view.id };
}
