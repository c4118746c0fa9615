import { randomUUID } from "node:crypto";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { CreateBookingLinkInput } from "@/server/schemas/links";
import type { Api } from "./people";
import type { Sandbox } from "./sandbox";

export type Office = Awaited<ReturnType<typeof openOffice>>;

/** Makes an organisation and connects one practice to it, all without the screens. */
export async function openOffice(
  api: Api,
  sandbox: Sandbox,
  practiceGroupId: string,
  { slug = `test-${randomUUID().slice(0, 13)}`, name = `Office ${slug.slice(5, 9)}` } = {},
) {
  await api.account.createOrganisation.mutate({ name, slug });
  const portal = api.portal(slug);
  const apiKey = await sandbox.keyOf(practiceGroupId);
  const practice = await portal.practices.connect.mutate({ apiKey, practiceGroupId });

  const readOptions = memo(() =>
    portal.practices.bookingOptions.query({ practiceId: practice.id }),
  );

  return {
    slug,
    path: `/${slug}/sandbox`,
    portal,
    practice,
    apiKey,
    /** Hero's lists for this practice, read once. */
    readOptions,

    /** Makes a link without the screens; what is not said is any valid choice. */
    makeLink: async (chosen: Partial<CreateBookingLinkInput> = {}) => {
      const { appointmentTypes, locations } = await readOptions();
      const [type] = appointmentTypes;
      const [location] = locations;
      if (!type || !location) throw new Error("The practice offers nothing to book.");
      return portal.links.create.mutate({
        operationId: randomUUID(),
        practiceId: practice.id,
        appointmentTypeId: type.id,
        locationId: location.id,
        expiresOn: inDays(14),
        maximumUses: 5,
        ...chosen,
      });
    },
  };
}

/** Reads once, when first wanted. */
function memo<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let known: Promise<Value> | undefined;
  return () => (known ??= read());
}

/** A day in the United Kingdom, so many days from today, as date fields take it. */
export function inDays(days: number): string {
  return addDays(ukDateOf(new Date()), days);
}
