import { type BrowserContext, expect, type Page, test as base } from "@playwright/test";
import { getRunningPortal } from "@/scripts/test/portal";
import { type Organisation, createOrganisation } from "./support/organisation";
import {
  createApiClient,
  createPersonDetails,
  type Person,
  signIn,
  signUpByApi,
} from "./support/people";
import { type Partner, startPartner } from "./support/partner";
import { createPartnerPlacement, type PartnerPlacement } from "./support/partner-placement";
import { type BookablePatient, createSandboxClient, type SandboxClient } from "./support/sandbox";
import { startPageMonitor, type PageMonitor } from "./support/page-monitor";

export { expect };

/** The addresses and demo people of the portal under test. */
export type App = ReturnType<typeof getRunningPortal> & { sandbox: SandboxClient };

type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

type WorkerFixtures = {
  app: App;
  /** A signed-in person of this worker, who owns the `organisation`. */
  owner: { person: Person; storageState: StorageState };
};

type TestFixtures = {
  pageMonitor: PageMonitor;
  /** The sandbox practice that this file's organisations connect; each file has its own. */
  practiceGroupId: string;
  /** A new organisation with that practice connected, whose owner is signed in. */
  organisation: Organisation;
  /** Opens a separate browser context, for another person. */
  otherBrowser: () => Promise<BrowserContext>;
  /** A patient of that practice who can book. */
  patient: BookablePatient;
  /** A page in the patient's own browser. */
  patientPage: Page;
  /** A partner's product, which can serve the snippets as shown. */
  partner: Partner;
  partnerPlacement: PartnerPlacement;
};

/**
 * Fails on console errors, on violations of the content security policy and on requests to other
 * machines, in every context that a test opens.
 */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  app: [
    async ({}, use) => {
      const runningPortal = getRunningPortal();
      await use({ ...runningPortal, sandbox: createSandboxClient(runningPortal.demo.sandboxUrl) });
    },
    { scope: "worker" },
  ],

  owner: [
    async ({ app, browser }, use) => {
      const person = createPersonDetails("Olga Holder");
      await signUpByApi(app.url, app.sandbox, person);
      const context = await browser.newContext({ baseURL: app.url });
      await signIn(await context.newPage(), person);
      const storageState = await context.storageState();
      await context.close();
      await use({ person, storageState });
    },
    { scope: "worker" },
  ],

  baseURL: async ({ app }, use) => use(app.url),

  pageMonitor: async ({}, use) => {
    const pageMonitor = startPageMonitor();
    await use(pageMonitor);
    expect(pageMonitor.errors, "what no page may do").toEqual([]);
  },

  context: async ({ context, pageMonitor }, use) => {
    await pageMonitor.follow(context);
    await use(context);
  },

  otherBrowser: async ({ browser, baseURL, pageMonitor }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL });
      contexts.push(context);
      await pageMonitor.follow(context);
      return context;
    });
    for (const context of contexts) await context.close();
  },

  practiceGroupId: ["20533", { option: true }],

  organisation: async ({ app, owner, context, practiceGroupId }, use) => {
    await context.addCookies(owner.storageState.cookies);
    await use(
      await createOrganisation(
        await createApiClient(context, app.url),
        app.sandbox,
        practiceGroupId,
      ),
    );
  },

  patient: async ({ app, practiceGroupId }, use) => {
    const [patient] = await app.sandbox.listBookablePatients(practiceGroupId);
    if (!patient) throw new Error("The practice has no patients.");
    await use(patient);
  },

  patientPage: async ({ otherBrowser }, use) => use(await (await otherBrowser()).newPage()),

  partner: async ({}, use) => {
    const partner = await startPartner();
    await use(partner);
    await partner.stop();
  },

  partnerPlacement: async ({ app, organisation, partner, patient }, use) =>
    use(await createPartnerPlacement(app, organisation, partner, patient)),
});
