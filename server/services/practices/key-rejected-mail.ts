import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { memberships, tenants } from "@/db/schema/organisations";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { environmentNames } from "../../schemas/environment-names";
import type { TenantContext } from "../../tenancy/context";
import { isAllowed } from "../../schemas/permissions";
import { portalUrl, sendMail } from "../mail";
import { getPracticeView } from "./view";

/** Emails every member who may replace a key that Hero rejected it, unless it works again by now. */
export async function sendKeyRejectedMail(ctx: TenantContext, practiceId: string): Promise<void> {
  const found = await db.tenant(ctx, async (tx) => {
    const practice = await getPracticeView(tx, ctx, practiceId).catch((error: unknown) => {
      if (error instanceof NotFoundError) return null;
      throw error;
    });
    const members = await tx
      .select({ email: users.email, role: memberships.role, slug: tenants.slug })
      .from(memberships)
      .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(and(inScope(memberships, ctx), isNull(users.disabledAt)));
    return { practice, members };
  });
  const { practice } = found;
  if (practice?.health !== "needs_new_key") return;
  for (const { email, slug } of found.members.filter(({ role }) =>
    isAllowed(role, "practices.manage"),
  )) {
    await sendMail(email, {
      subject: `${practice.name} needs a new Hero API key`,
      paragraphs: [
        `Hero's ${environmentNames[ctx.environment]} environment no longer accepts the key of ${practice.name} that ends in ${practice.credential.lastFour}.`,
        "Existing links keep working. You cannot create new ones until the practice gives you a new key and you replace it.",
      ],
      link: {
        label: "Open the practice",
        url: portalUrl(`/${slug}/${ctx.environment}/practices/${practice.id}`),
      },
    });
  }
}
