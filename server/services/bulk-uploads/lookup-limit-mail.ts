import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { memberships, tenants } from "@/db/schema/organisations";
import { inScope } from "@/db/scope";
import { enqueue } from "../../queue/enqueue";
import { environmentNames } from "../../schemas/environment-names";
import type { TenantContext } from "../../tenancy/context";
import { portalUrl, sendMail } from "../mail";
import { getBulkUploadView } from "./view";

/** Once a minute at most, however often the upload is resumed. */
export const enqueueLookupLimitMail = (tx: Transaction, ctx: TenantContext, bulkUploadId: string) =>
  enqueue(
    "look-up-limit-mail",
    { tenantId: ctx.tenantId, environment: ctx.environment, bulkUploadId },
    { within: tx, dedupeKey: bulkUploadId },
  );

/**
 * Emails every owner who uploaded the file: it may be a mistake, or a search for people's dates of birth.
 * Sent even if the upload was resumed or cancelled since.
 */
export async function sendLookupLimitMail(ctx: TenantContext, bulkUploadId: string): Promise<void> {
  const { bulkUpload, owners } = await db.tenant(ctx, async (tx) => ({
    bulkUpload: await getBulkUploadView(tx, ctx, bulkUploadId),
    owners: await tx
      .select({ email: users.email, slug: tenants.slug })
      .from(memberships)
      .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(
        and(inScope(memberships, ctx), eq(memberships.role, "owner"), isNull(users.disabledAt)),
      ),
  }));
  for (const { email, slug } of owners) {
    await sendMail(email, {
      subject: "A bulk upload paused: too many look-ups did not match",
      paragraphs: [
        `${bulkUpload.createdBy} uploaded “${bulkUpload.name}” in Hero's ${environmentNames[ctx.environment]} environment. It paused because too many look-ups did not match a patient, or one patient was looked up with several dates of birth.`,
        "This can be a mistake in the file. If you did not expect it, ask who uploaded it, and check their activity.",
      ],
      link: {
        label: "Open the bulk upload",
        url: portalUrl(`/${slug}/${ctx.environment}/links/bulk-uploads/${bulkUploadId}`),
      },
    });
  }
}
