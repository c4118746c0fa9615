import "server-only";
import type { TenantId } from "@/db/ids";
import type { Environment } from "../schemas/environments";
import type { Role } from "../schemas/permissions";

type Actor =
  | {
      readonly kind: "person";
      readonly userId: string;
      readonly sessionId: string;
      readonly name: string;
      readonly email: string;
      readonly role: Role;
    }
  /** A partner's server with an API key. */
  | {
      readonly kind: "server";
      readonly apiKeyId: string;
      readonly name: string;
      readonly permissions: readonly string[];
    }
  /** A page with the secret of an element session, which a person or an API key created. */
  | { readonly kind: "page"; readonly creatorId: string }
  /** A job. */
  | { readonly kind: "portal" };

/** Who acts, and in which tenant and environment: checked before a service is called. */
export type TenantContext = {
  readonly tenantId: TenantId;
  readonly environment: Environment;
  readonly actor: Actor;
  readonly requestId: string;
};

/** The id that rows record as their creator: a person, an API key, or the tenant for a job. */
export function actorId({ actor, tenantId }: TenantContext): string {
  if (actor.kind === "person") return actor.userId;
  if (actor.kind === "page") return actor.creatorId;
  return actor.kind === "server" ? actor.apiKeyId : tenantId;
}
