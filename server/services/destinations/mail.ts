import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import { memberships, tenants } from "@/db/schema/organisations";
import { inScope } from "@/db/scope";
import { NotFoundError } from "../../errors";
import { environmentNames } from "../../schemas/environment-names";
import { isAllowed } from "../../schemas/permissions";
import type { TenantContext } from "../../tenancy/context";
import { portalUrl, sendMail } from "../mail";
import { getDestinationView } from "./view";

/** Emails members who can change a destination that it fails, or is disabled, unless that changed since. */
export async function sendDestinationMail(
  ctx: TenantContext,
  { destinationId, about }: { destinationId: string; about: "failing" | "disabled" },
): Promise<void> {
  const { destination, members } = await db.tenant(ctx, async (tx) => ({
    destination: await getDestinationView(tx, ctx, destinationId).catch((error: unknown) => {
      if (error instanceof NotFoundError) return null;
      throw error;
    }),
    members: await tx
      .select({ email: users.email, role: memberships.role, slug: tenants.slug })
      .from(memberships)
      .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(and(inScope(memberships, ctx), isNull(users.disabledAt))),
  }));
  if (!destination) return;
  const { name, offReason } = destination;
  const isDisabled = offReason === "gone" || offReason === "failing";
  if (about === "disabled" ? !isDisabled : !destination.isOn || !destination.failingSince) return;
  const environmentName = environmentNames[ctx.environment];
  const cause =
    offReason === "gone"
      ? `The address of ${name} (Hero's ${environmentName} environment) returned status 410, so it no longer accepts events.`
      : `Every attempt to send events to ${name} (Hero's ${environmentName} environment) has failed for five days.`;
  const mail =
    about === "disabled"
      ? {
          subject: `Events are no longer sent to ${name}`,
          paragraphs: [
            `${cause} The destination is turned off.`,
            "Events are kept for 90 days. They are sent when you turn the destination on again.",
          ],
        }
      : {
          subject: `Events do not reach ${name}`,
          paragraphs: [
            `Every attempt to send events to ${name} (Hero's ${environmentName} environment) has failed for four days.`,
            "After another day of failures the destination is turned off. Events are kept.",
          ],
        };
  for (const { email, slug } of members.filter(({ role }) => isAllowed(role, "webhooks.manage"))) {
    await sendMail(email, {
      ...mail,
      link: {
        label: "Open the destination",
        url: portalUrl(`/${slug}/${ctx.environment}/webhooks/destinations/${destination.id}`),
      },
    });
  }
}
