import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { LinkView } from "@/server/schemas/links/view";
import { createBookingLink, createFormLink, createVideoLink } from "@/server/services/links/create";
import { getLink, listLinks } from "@/server/services/links/read";
import { listForms } from "@/server/services/forms";
import { getBookingOptions, getPractice } from "@/server/services/practices/read";
import { testPracticeNow } from "@/server/services/practices/test-connection";
import type { TenantContext } from "@/server/tenancy/context";
import {
  createPatientCase,
  type Fault,
  getSandboxPractice,
  injectFault,
  listHeroCalls,
} from "../support/hero";
import { createTenant } from "../support/tenants";

let ctx: TenantContext;
let practiceId: string;
let apiKey: string;
type CreateOperation = "createBookingLink" | "createFormLink" | "createVideoLink";
let createByOperation: Record<CreateOperation, () => Promise<LinkView>>;

beforeAll(async () => {
  const tenant = await createTenant();
  const practice = await getSandboxPractice("20417", "c");
  ({ apiKey } = practice);
  practiceId = (await tenant.connect(practice)).id;
  ctx = await tenant.asOwner();
  const options = await getBookingOptions(ctx, { practiceId });
  const { patients } = await createPatientCase("20417", "found");
  const patientId = patients[0]?.patientId ?? "";
  const [form] = await listForms(ctx, { practiceId });
  const commonInput = () => ({
    operationId: randomUUID(),
    practiceId,
    // A date of this test alone: after a refusal, a link that matches would prove nothing.
    expiresOn: addDays(ukDateOf(new Date()), 347),
    maxUses: 1,
  });
  createByOperation = {
    createBookingLink: () =>
      createBookingLink(ctx, {
        ...commonInput(),
        appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
        locationId: options.locations[0]?.id ?? "",
      } as Parameters<typeof createBookingLink>[1]),
    createFormLink: () =>
      createFormLink(ctx, { ...commonInput(), formId: form?.id ?? "" } as Parameters<
        typeof createFormLink
      >[1]),
    createVideoLink: () => {
      const { maxUses: _maxUses, ...input } = commonInput();
      return createVideoLink(ctx, { ...input, patientId });
    },
  };
});

type HeroErrorCase = {
  what: string;
  fault: Omit<Fault, "operation" | "key">;
  state: "failed" | "unknown";
  code: string;
};

/** Hero's response to creating a link, and the link's state after it. */
const heroErrors: HeroErrorCase[] = [
  { what: "400", fault: { status: 400 }, state: "failed", code: "bad_request" },
  { what: "403", fault: { status: 403 }, state: "failed", code: "forbidden" },
  { what: "404", fault: { status: 404 }, state: "failed", code: "not_found" },
  { what: "429", fault: { status: 429, retryAfter: 0 }, state: "failed", code: "rate_limited" },
  { what: "500", fault: { status: 500 }, state: "unknown", code: "upstream_failed" },
  {
    what: "HTML",
    fault: {
      status: 200,
      body: "<html>Bad gateway</html>",
      headers: { "content-type": "text/html" },
    },
    state: "unknown",
    code: "unreadable_reply",
  },
  { what: "an empty body", fault: { empty: true }, state: "unknown", code: "unreadable_reply" },
  { what: "half a body", fault: { truncate: true }, state: "unknown", code: "unreadable_reply" },
  {
    what: "a redirect",
    fault: { status: 302, headers: { location: "https://elsewhere.example/" } },
    state: "unknown",
    code: "redirected",
  },
  { what: "nothing at all", fault: { hang: true }, state: "unknown", code: "timed_out" },
  {
    what: "a broken connection",
    fault: { reset: true },
    state: "unknown",
    code: "connection_lost",
  },
  // Last: the key needs replacing afterwards.
  { what: "401", fault: { status: 401 }, state: "failed", code: "unauthorised" },
];

describe.each(["createBookingLink", "createFormLink", "createVideoLink"] as const)(
  "when Hero answers %s",
  (operation) => {
    it.each(heroErrors)("after $what the link stays $state", async ({ fault, state, code }) => {
      const before = (await listHeroCalls(apiKey, operation)).length;
      await injectFault({ ...fault, operation, key: apiKey, times: 1 });
      const link = await createByOperation[operation]();
      expect(link).toMatchObject({ state, failureCode: code, url: null });
      expect(link.reason).toMatch(/^[A-Z].*\.$/s);
      expect(link.reason).toContain(
        state === "failed" ? "No link was created." : "The link may exist",
      );
      expect(await getLink(ctx, { linkId: link.id })).toEqual(link);
      expect((await listLinks(ctx, { state })).items[0]?.id).toBe(link.id);
      expect((await listHeroCalls(apiKey, operation)).length - before).toBe(1);
    });
  },
);

it("A9: a refused booking link keeps the practice limited until one is created, whatever a test says", async () => {
  const healthOf = async () => (await getPractice(ctx, { practiceId })).health;
  await createByOperation.createBookingLink();
  expect(await healthOf()).toBe("working");
  await injectFault({ operation: "createBookingLink", key: apiKey, times: 1, status: 403 });
  await createByOperation.createBookingLink();
  expect(await healthOf()).toBe("limited");
  const tested = await testPracticeNow(ctx, { practiceId });
  expect(tested.health).toBe("limited");
  expect(tested.healthReason).toMatch(/^Creating booking links: Hero does not allow/);
  await createByOperation.createBookingLink();
  expect(await healthOf()).toBe("working");
});

it("a rejected form link is recorded in the practice's capabilities", async () => {
  const formLinksCheck = async () =>
    (await getPractice(ctx, { practiceId })).capabilityChecks.find(
      ({ capability }) => capability === "form_links",
    );
  await createByOperation.createFormLink();
  expect(await formLinksCheck()).toMatchObject({ isAvailable: true });
  await injectFault({ operation: "createFormLink", key: apiKey, times: 1, status: 403 });
  await createByOperation.createFormLink();
  expect(await formLinksCheck()).toMatchObject({ isAvailable: false });
  await createByOperation.createFormLink();
  expect(await formLinksCheck()).toMatchObject({ isAvailable: true });
});
