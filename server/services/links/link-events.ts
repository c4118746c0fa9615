import "server-only";
import type { Transaction } from "@/db/client";
import type { links } from "@/db/schema/links";
import type { TenantContext } from "../../tenancy/context";
import { recordEvent } from "../events/record";

type LinkOfEvent = Pick<typeof links.$inferSelect, "id" | "practiceId" | "kind" | "reference">;

/** What every event of a link says of it. */
export const linkEventData = ({ id, practiceId, kind, reference }: LinkOfEvent) => ({
  practiceId,
  linkId: id,
  kind,
  reference,
});

/** Records that a link was created or opened, once for the link. */
export function recordLinkEvent(
  tx: Transaction,
  ctx: TenantContext,
  type: "link.created" | "link.opened",
  link: LinkOfEvent,
): Promise<void> {
  const data = linkEventData(link);
  return recordEvent(tx, ctx, { type, key: link.id, subjectId: link.id, data });
}
