import { randomUUID } from "node:crypto";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { CreateBookingLinkInput } from "@/server/schemas/links/inputs";
import type { ApiClient } from "./people";
import type { SandboxClient } from "./sandbox";

export type Organisation = Awaited<ReturnType<typeof createOrganisation>>;

/** Makes an organisation and connects one practice to it, all without the screens. */
export async function createOrganisation(
  api: ApiClient,
  sandbox: SandboxClient,
  practiceGroupId: string,
  { slug = `test-${randomUUID().slice(0, 13)}`, name = `Office ${slug.slice(5, 9)}` } = {},
) {
  await api.account.createOrganisation.mutate({ name, slug });
  const portal = api.portal(slug);
  const apiKey = await sandbox.createUniqueKey(practiceGroupId);
  const practice = await portal.practices.connect.mutate({ apiKey, practiceGroupId });

  const readOptions = memoize(() =>
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
    createLink: async (overrides: Partial<CreateBookingLinkInput> = {}) => {
      const { appointmentTypes, locations } = await readOptions();
      const [appointmentType] = appointmentTypes;
      const [location] = locations;
      if (!appointmentType || !location) throw new Error("The practice offers nothing to book.");
      return portal.links.create.mutate({
        operationId: randomUUID(),
        practiceId: practice.id,
        appointmentTypeId: appointmentType.id,
        locationId: location.id,
        expiresOn: inDays(14),
        maxUses: 5,
        ...overrides,
      });
    },
  };
}

/** Reads once, when first wanted. */
function memoize<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let cached: Promise<Value> | undefined;
  return () => (cached ??= read());
}

/** A day in the United Kingdom, so many days from today, as date fields take it. */
export function inDays(days: number): string {
  return addDays(ukDateOf(new Date()), days);
}
