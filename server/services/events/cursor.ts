import "server-only";
import { fingerprint } from "../../crypto/tokens";
import type { TenantContext } from "../../tenancy/context";

/**
 * How far a reader has come: everything up to (`xid`, `id`) was read. Whatever follows was recorded at
 * `readUntil` or later, apart from the seconds that a transaction takes.
 */
export type EventCursor = { xid: string; id: string; readUntil: Date };

const checkOf = (ctx: TenantContext, position: string) =>
  fingerprint(JSON.stringify(["event-cursor", ctx.tenantId, ctx.environment, position])).slice(
    0,
    16,
  );

/** Opaque to its reader. The check keeps a cursor of another tenant or environment out. */
export function formatCursor(ctx: TenantContext, { xid, id, readUntil }: EventCursor): string {
  const position = `${readUntil.getTime()}.${xid}.${id}`;
  return Buffer.from(`${position}.${checkOf(ctx, position)}`).toString("base64url");
}

const pattern =
  /^(?<position>(?<time>\d{1,15})\.(?<xid>\d{1,19})\.(?<id>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}))\.(?<check>[0-9a-f]{16})$/;

/** @returns null unless the portal gave this cursor to this tenant in this environment */
export function parseCursor(ctx: TenantContext, cursor: string): EventCursor | null {
  const parts = pattern.exec(Buffer.from(cursor, "base64url").toString("latin1"))?.groups;
  if (!parts || parts.check !== checkOf(ctx, parts.position ?? "")) return null;
  const { time, xid = "", id = "" } = parts;
  return { xid, id, readUntil: new Date(Number(time)) };
}
