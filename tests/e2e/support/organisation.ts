import { randomUUID } from "node:crypto";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { CreateBookingLinkInput } from "@/server/schemas/links/inputs";
import type { CreatePlacementInput } from "@/server/schemas/placements";
import type { ApiClient } from "./people";
import type { SandboxClient } from "./sandbox";

export type Organisation = Awaited<ReturnType<typeof createOrganisation>>;

/** Creates an organisation with one connected practice by API. */
export async function createOrganisation(
  api: ApiClient,
  sandbox: SandboxClient,
  practiceGroupId: string,
  { slug = `test-${randomUUID().slice(0, 13)}`, name = `Organisation ${slug.slice(5, 9)}` } = {},
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
    readOptions,

    createPlacement: (overrides: Partial<CreatePlacementInput> = {}) =>
      portal.placements.create.mutate({
        element: "hh-message-builder",
        name: "Messages",
        practiceIds: [practice.id],
        origins: ["https://app.example.org"],
        theme: null,
        attributes: {},
        ...overrides,
      }),

    /** Creates a link by API with valid defaults. */
    createLink: async (overrides: Partial<CreateBookingLinkInput> = {}) => {
      const { appointmentTypes, locations } = await readOptions();
      const [appointmentType] = appointmentTypes;
      const [location] = locations;
      if (!appointmentType || !location)
        throw new Error("The practice has no appointment types or locations.");
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

/** Reads once, on first use. */
function memoize<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let cached: Promise<Value> | undefined;
  return () => (cached ??= read());
}

/** The UK date so many days from today. */
export function inDays(days: number): string {
  return addDays(ukDateOf(new Date()), days);
}
