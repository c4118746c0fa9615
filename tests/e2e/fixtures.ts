import { randomUUID } from "node:crypto";
import { type BrowserContext, expect, test as base } from "@playwright/test";
import { runningPortal } from "../setup/portal";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { CreateBookingLinkInput } from "@/server/schemas/links";
import { apiOf, inventPerson, type Person, signIn, signUpByApi } from "./support/people";
import { openSandbox, type Sandbox } from "./support/sandbox";
import { startWatch, type Watch } from "./support/watch";

export { expect };

/** The addresses and demo people of the portal under test. */
export type House = ReturnType<typeof runningPortal> & { sandbox: Sandbox };

type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** An organisation of a test's own with one connected practice, whose owner is signed in. */
export type Office = Awaited<ReturnType<typeof openOffice>>;

type WorkerFixtures = {
  house: House;
  /** A person of this worker's own, who is signed in and owns whatever `office` makes. */
  owner: { person: Person; storageState: StorageState };
};

type TestFixtures = {
  watch: Watch;
  /** The sandbox practice that this file's offices connect; each file has its own, and its own key. */
  practiceGroupId: string;
  office: Office;
  /** A browser of somebody else: nothing is shared with the page under test. */
  elsewhere: () => Promise<BrowserContext>;
};

/**
 * The test of this house: it fails on anything in the console, on a broken content security policy and
 * on a request that leaves the machine, in every context it opens.
 */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  house: [
    async ({}, use) => {
      const portal = runningPortal();
      await use({ ...portal, sandbox: openSandbox(portal.demo.sandboxUrl) });
    },
    { scope: "worker" },
  ],

  owner: [
    async ({ house, browser }, use) => {
      const person = inventPerson("Olga Holder");
      await signUpByApi(house.url, house.sandbox, person);
      const context = await browser.newContext({ baseURL: house.url });
      await signIn(await context.newPage(), person);
      const storageState = await context.storageState();
      await context.close();
      await use({ person, storageState });
    },
    { scope: "worker" },
  ],

  baseURL: async ({ house }, use) => use(house.url),

  watch: async ({}, use) => {
    const watch = startWatch();
    await use(watch);
    expect(watch.faults, "what no page may do").toEqual([]);
  },

  context: async ({ context, watch }, use) => {
    await watch.follow(context);
    await use(context);
  },

  elsewhere: async ({ browser, baseURL, watch }, use) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL });
      opened.push(context);
      await watch.follow(context);
      return context;
    });
    for (const context of opened) await context.close();
  },

  practiceGroupId: ["20533", { option: true }],

  office: async ({ house, owner, context, practiceGroupId }, use) => {
    await context.addCookies(owner.storageState.cookies);
    await use(await openOffice(context, house, practiceGroupId));
  },
});

async function openOffice(context: BrowserContext, house: House, practiceGroupId: string) {
  const { sandbox, url } = house;
  const api = await apiOf(context, url);
  const slug = `test-${randomUUID().slice(0, 13)}`;
  await api.account.createOrganisation.mutate({ name: `Test office ${slug.slice(5, 9)}`, slug });
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

    /** Makes a link without the screens; what is not said is any valid choice. */
    async makeLink(chosen: Partial<CreateBookingLinkInput> = {}) {
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
