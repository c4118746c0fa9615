import "server-only";
import { db } from "@/db/client";
import type { ApiKeyView } from "../../schemas/api-keys";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { selectApiKeyViews } from "./view";

/** The API keys of this environment, active ones first. */
export async function listApiKeys(ctx: TenantContext): Promise<ApiKeyView[]> {
  requirePermission(ctx, "api_keys.manage");
  return db.read(ctx, (tx) => selectApiKeyViews(tx, ctx));
}
