import { type BrowserContext, expect, test as base } from "@playwright/test";
import { runningPortal } from "../setup/portal";
import { type Office, openOffice } from "./support/office";
import { apiOf, inventPerson, type Person, signIn, signUpByApi } from "./support/people";
import { openSandbox, type Sandbox } from "./support/sandbox";
import { startWatch, type Watch } from "./support/watch";

export { expect };

/** The addresses and demo people of the portal under test. */
export type House = ReturnType<typeof runningPortal> & { sandbox: Sandbox };

type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

type WorkerFixtures = {
  house: House;
  /** A person of this worker's own, who is signed in and owns whatever `office` makes. */
  owner: { person: Person; storageState: StorageState };
};

type TestFixtures = {
  watch: Watch;
  /** The sandbox practice that this file's offices connect; each file has its own, and its own key. */
  practiceGroupId: string;
  /** An organisation of the test's own with that practice connected, whose owner is signed in. */
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
    await use(await openOffice(await apiOf(context, house.url), house.sandbox, practiceGroupId));
  },
});
