import "server-only";
import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { approvals } from "@/db/schema/approvals";
import { inScope } from "@/db/scope";
import { environmentNames } from "../../schemas/environment-names";
import type { TenantContext } from "../../tenancy/context";
import { portalUrl, sendMail } from "../mail";
import { approvalKinds } from "./kinds";
import { listApprovers } from "./people";

/** Emails everyone who can decide a request, unless it was decided or expired since. */
export async function sendApprovalMail(ctx: TenantContext, approvalId: string): Promise<void> {
  const found = await db.tenant(ctx, async (tx) => {
    const [approval] = await tx
      .select({
        kind: approvals.kind,
        decision: approvals.decision,
        expiresAt: approvals.expiresAt,
        requestedBy: approvals.requestedBy,
        requesterName: users.name,
      })
      .from(approvals)
      .innerJoin(users, eq(users.id, approvals.requestedBy))
      .where(and(inScope(approvals, ctx), eq(approvals.id, approvalId)));
    if (!approval) return null;
    const { permission } = approvalKinds[approval.kind];
    return {
      ...approval,
      approvers: await listApprovers(tx, ctx, permission, approval.requestedBy),
    };
  });
  if (!found || found.decision || found.expiresAt <= new Date()) return;
  const { mail, expiresInHours } = approvalKinds[found.kind];
  for (const { email, slug } of found.approvers) {
    await sendMail(email, {
      subject: mail.subject,
      paragraphs: [
        `${found.requesterName} ${mail.sentence} in Hero's ${environmentNames[ctx.environment]} environment. A second person must approve or refuse it.`,
        `The request expires ${expiresInHours} hours after it was sent.`,
      ],
      link: { label: mail.linkLabel, url: portalUrl(`/${slug}/${ctx.environment}${mail.path}`) },
    });
  }
}
