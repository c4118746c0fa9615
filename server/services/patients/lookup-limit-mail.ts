import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { apiKeys } from "@/db/schema/api-keys";
import { memberships, tenants } from "@/db/schema/organisations";
import { inScope } from "@/db/scope";
import { enqueue } from "../../queue/enqueue";
import { environmentNames } from "../../schemas/environment-names";
import type { TenantContext } from "../../tenancy/context";
import { actorName } from "../actors";
import { getBulkUploadView } from "../bulk-uploads/view";
import { getBatchView } from "../message-batches/view";
import { portalUrl, sendMail } from "../mail";

type PausedLookups = {
  /** The person or API key. */
  personId: string;
  /** The file whose rows they were, if they were rows. */
  bulkUploadId?: string;
  /** The batch of messages, if they were its recipients. */
  messageBatchId?: string;
};

const bulkUploadMail = {
  verb: "uploaded",
  linkLabel: "Open the bulk upload",
  path: "links/bulk-uploads",
};
const messageBatchMail = {
  verb: "created the batch of messages",
  linkLabel: "Open the batch",
  path: "messages/batches",
};

/** Once a minute at most, however often an upload is resumed. */
export const enqueueLookupLimitMail = (
  tx: Transaction,
  ctx: TenantContext,
  paused: PausedLookups,
) =>
  enqueue(
    "look-up-limit-mail",
    { tenantId: ctx.tenantId, environment: ctx.environment, ...paused },
    { within: tx, dedupeKey: paused.bulkUploadId ?? paused.messageBatchId ?? paused.personId },
  );

/**
 * Emails every owner: it may be a mistake, or a search for people's dates of birth. Sent even if an upload
 * was resumed or cancelled since. Nothing in it is about a patient.
 */
export async function sendLookupLimitMail(
  ctx: TenantContext,
  { personId, bulkUploadId, messageBatchId }: PausedLookups,
): Promise<void> {
  const { who, file, owners } = await db.tenant(ctx, async (tx) => ({
    who: await getName(tx, ctx, personId),
    file: bulkUploadId
      ? { ...(await getBulkUploadView(tx, ctx, bulkUploadId)), ...bulkUploadMail }
      : messageBatchId
        ? { ...(await getBatchView(tx, ctx, messageBatchId)), ...messageBatchMail }
        : null,
    owners: await tx
      .select({ email: users.email, slug: tenants.slug })
      .from(memberships)
      .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(
        and(inScope(memberships, ctx), eq(memberships.role, "owner"), isNull(users.disabledAt)),
      ),
  }));
  const place = `in Hero's ${environmentNames[ctx.environment]} environment`;
  for (const { email, slug } of owners) {
    const path = `/${slug}/${ctx.environment}`;
    await sendMail(email, {
      subject: "Patient look-ups paused: too many did not match",
      paragraphs: file
        ? [
            `${file.createdBy} ${file.verb} “${file.name}” ${place}. Look-ups paused because too many did not match a patient, or one patient was looked up with several dates of birth.`,
            "This can be a mistake in the file. If you did not expect it, ask who uploaded it, and check their activity.",
          ]
        : [
            `${who} looked up patients ${place}. Their look-ups are paused for an hour, because too many did not match a patient, or one patient was looked up with several dates of birth.`,
            "This can be a mistake. If you did not expect it, ask them, and check their activity.",
          ],
      link: file
        ? { label: file.linkLabel, url: portalUrl(`${path}/${file.path}/${file.id}`) }
        : { label: "Open activity", url: portalUrl(`${path}/activity`) },
    });
  }
}

/** The name of a person or API key. */
async function getName(tx: Transaction, ctx: TenantContext, personId: string): Promise<string> {
  const [user] = await tx
    .select({ name: users.name })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(inScope(memberships, ctx), eq(memberships.userId, personId)));
  const [key] = await tx
    .select({ name: apiKeys.name })
    .from(apiKeys)
    .where(and(inScope(apiKeys, ctx), eq(apiKeys.id, personId)));
  return actorName(user?.name ?? null, key?.name ?? null);
}
