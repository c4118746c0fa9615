import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ConflictError, ForbiddenError, NotFoundError } from "@/server/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { type CreateVideoLinkInput, createVideoLinkInput } from "@/server/schemas/links/inputs";
import { createVideoLink } from "@/server/services/links/create";
import { listLinkHistory } from "@/server/services/links/history";
import { countLinks, getLink, listLinks } from "@/server/services/links/read";
import { reconcileLink } from "@/server/services/links/reconcile-unknown";
import { refreshLink, refreshLinksOfPractice } from "@/server/services/links/refresh";
import { resolveLink } from "@/server/services/links/resolve-unknown";
import { closeLink, updateLink } from "@/server/services/links/update";
import { getPractice } from "@/server/services/practices/read";
import { countResults } from "@/server/services/results/count";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import {
  changePatient,
  createPatientCase,
  getSandboxPractice,
  inDialect,
  injectFault,
  injectPatient,
  listHeroCalls,
  listHeroLinks,
} from "../support/hero";
import { createTenant, createTenantPair } from "../support/tenants";

const practiceGroupId = "30182";
const superuser = connectAsSuperuser();
const today = ukDateOf(new Date());
const { signal } = new AbortController();

let own: TenantContext;
let other: TenantContext;
let viewer: TenantContext;
let practiceId: string;
let apiKey: string;
let patientId: string;

beforeAll(async () => {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice(practiceGroupId, "a");
  ({ apiKey } = practice);
  practiceId = (await tenants.first.connect(practice)).id;
  await tenants.second.connect(await getSandboxPractice(practiceGroupId, "b"));
  own = await tenants.first.asRole("operator");
  other = await tenants.second.asOwner();
  viewer = await tenants.first.asRole("viewer");
  patientId = await createPatient();
});

async function createPatient(): Promise<string> {
  const { patients } = await createPatientCase(practiceGroupId, "found");
  return patients[0]?.patientId ?? "";
}

const inputOf = (overrides: Partial<CreateVideoLinkInput> = {}): CreateVideoLinkInput =>
  createVideoLinkInput.parse({
    operationId: randomUUID(),
    practiceId,
    patientId,
    expiresOn: addDays(today, 7),
    ...overrides,
  });

const countCalls = async () => (await listHeroCalls(apiKey, "createVideoLink")).length;

describe("creating a video link", () => {
  it("a video link is created once for an operation, with a row, an audit and an event", async () => {
    const before = await countCalls();
    const input = inputOf({ name: "Mole check", tags: ["skin"] });
    const links = await Promise.all([1, 2, 3, 4].map(() => createVideoLink(own, input)));
    const [link] = links;
    expect(new Set(links.map(({ id }) => id)).size).toBe(1);
    const created = await createVideoLink(own, input);
    expect(created).toMatchObject({
      id: link?.id,
      kind: "video",
      audience: "patient_invite",
      state: "live",
      patientId,
      expiresOn: input.expiresOn,
      maxUses: null,
      appointmentType: null,
      location: null,
      form: null,
      slotsFrom: null,
    });
    expect(await countCalls()).toBe(before + 1);
    expect((await listHeroLinks(practiceGroupId)).map(({ url }) => url)).toContain(created.url);
    const history = await listLinkHistory(own, { linkId: created.id });
    expect(history.map(({ action }) => action)).toEqual(["Created a link", "Requested a link"]);
    const events = await superuser<{ type: string; data: unknown }[]>`
      select type, data from events where subject_id = ${created.id}`;
    expect(events).toEqual([
      {
        type: "link.created",
        data: { practiceId, linkId: created.id, kind: "video", reference: null },
      },
    ]);
  });

  it("Hero is sent the patient and the expiry date, and nothing else", async () => {
    await createVideoLink(own, inputOf({ name: "Mole check", reference: "L-1", tags: ["skin"] }));
    const call = (await listHeroCalls(apiKey, "createVideoLink")).at(-1);
    expect(call?.bodyFields.toSorted()).toEqual(["expiry_date", "patient_id"]);
  });

  it("a viewer, another tenant's practice and a patient who may not be invited are refused", async () => {
    const before = await countCalls();
    await expect(createVideoLink(viewer, inputOf())).rejects.toThrow(ForbiddenError);
    await expect(createVideoLink(other, inputOf())).rejects.toThrow(NotFoundError);
    const archivedId = await createPatient();
    await changePatient(archivedId, { isArchived: true });
    await expect(createVideoLink(own, inputOf({ patientId: archivedId }))).rejects.toThrow(
      "archived",
    );
    await injectPatient({ key: apiKey }, { id: patientId, restricted: true });
    await expect(createVideoLink(own, inputOf())).rejects.toThrow("restricted");
    expect(await countCalls()).toBe(before);
  });

  it("Hero's refusal is remembered for the practice, and no link exists", async () => {
    const tenant = await createTenant();
    const connected = await tenant.connect(await getSandboxPractice("20533", "b"));
    const ctx = await tenant.asOwner();
    const { patients } = await createPatientCase("20533", "found");
    const checksOf = async () =>
      (await getPractice(ctx, { practiceId: connected.id })).capabilityChecks.filter(
        ({ capability }) => capability === "video_links",
      );
    expect(await checksOf()).toEqual([]);
    const link = await createVideoLink(
      ctx,
      inputOf({ practiceId: connected.id, patientId: patients[0]?.patientId ?? "" }),
    );
    expect(link).toMatchObject({ state: "failed", failureCode: "forbidden", url: null });
    expect(link.reason).toContain("Hero may not offer video links to Millbrook Health Centre yet.");
    expect(await checksOf()).toMatchObject([{ isAvailable: false }]);
  });

  it("the database has no video link without a patient or with a limit on its uses", async () => {
    const { id } = await createVideoLink(own, inputOf());
    for (const change of [
      superuser`update links set patient_id = null where id = ${id}`,
      superuser`update links set max_uses = 1 where id = ${id}`,
      superuser`update links set form_id = 'f' where id = ${id}`,
    ]) {
      await expect(change).rejects.toThrow("links_kind_fields");
    }
  });
});

describe("a video link whose reply was lost", () => {
  const loseReply = async (expiresOn: string, ctx = own, key = apiKey, practice = practiceId) => {
    await injectFault({ operation: "createVideoLink", key, afterWork: true, reset: true });
    const input = inputOf({ expiresOn, practiceId: practice });
    const link = await createVideoLink(ctx, input);
    expect(link).toMatchObject({ state: "unknown", failureCode: "connection_lost", url: null });
    const calls = (await listHeroCalls(key, "createVideoLink")).length;
    expect(await createVideoLink(ctx, input)).toMatchObject({ id: link.id, state: "unknown" });
    expect((await listHeroCalls(key, "createVideoLink")).length).toBe(calls);
    await superuser`update links set requested_at = now() - interval '1 hour' where id = ${link.id}`;
    return link;
  };

  it("an unknown video link is never sent again, and stays unknown when Hero lists one like it", async () => {
    const link = await loseReply(addDays(today, 211));
    await expect(reconcileLink(own, { linkId: link.id })).rejects.toThrow("may be this one");
    expect((await getLink(own, { linkId: link.id })).state).toBe("unknown");
    await expect(resolveLink(other, { linkId: link.id })).rejects.toThrow(NotFoundError);
    const url = "https://hero.example/s/video1";
    expect(await resolveLink(own, { linkId: link.id, url })).toMatchObject({ state: "live", url });
  });

  it("an unknown video link was not created if Hero lists others, but not this one", async () => {
    await createVideoLink(own, inputOf({ expiresOn: addDays(today, 212) }));
    await injectFault({ operation: "createVideoLink", key: apiKey, reset: true });
    const link = await createVideoLink(own, inputOf({ expiresOn: addDays(today, 213) }));
    expect(link.state).toBe("unknown");
    await superuser`update links set requested_at = now() - interval '1 hour' where id = ${link.id}`;
    expect((await reconcileLink(own, { linkId: link.id })).state).toBe("failed");
  });

  it("a list without any video link proves nothing", async () => {
    const tenant = await createTenant();
    const practice = await getSandboxPractice(practiceGroupId, "c");
    const key = inDialect(practice.apiKey, "second-only-types");
    const { id } = await tenant.connect({ ...practice, apiKey: key });
    const ctx = await tenant.asOwner();
    const link = await loseReply(addDays(today, 214), ctx, key, id);
    await expect(reconcileLink(ctx, { linkId: link.id })).rejects.toThrow(
      "Hero's list may not have all video links. Ask the practice.",
    );
    expect((await getLink(ctx, { linkId: link.id })).state).toBe("unknown");
  });

  it("a reply with another link's address is not believed", async () => {
    const first = await createVideoLink(own, inputOf());
    const body = JSON.stringify({ video_link: first.url });
    await injectFault({ operation: "createVideoLink", key: apiKey, status: 200, body });
    expect(await createVideoLink(own, inputOf())).toMatchObject({ state: "unknown", url: null });
    expect((await getLink(own, { linkId: first.id })).url).toBe(first.url);
  });
});

describe("a video link in the ledger", () => {
  const status = (value: string) =>
    injectFault({
      operation: "getLinkStatus",
      key: apiKey,
      status: 200,
      body: JSON.stringify({ status: value, type: "video" }),
    });

  it("a video link is read in the background, stays live after it was used, and counts as joined", async () => {
    const tag = randomUUID().slice(0, 8);
    const link = await createVideoLink(own, inputOf({ tags: [tag] }));
    await superuser`update links set refreshed_at = null where id = ${link.id}`;
    await status("used");
    await superuser`update links set refreshed_at = now()
      where tenant_id = ${own.tenantId} and id <> ${link.id}`;
    expect(await refreshLinksOfPractice(own, practiceId, signal)).toBe(1);
    expect(await getLink(own, { linkId: link.id })).toMatchObject({ state: "live", uses: 1 });
    const results = await countResults(own, {
      from: today,
      to: today,
      groupBy: "appointment_type",
      kind: "video",
      tag,
    });
    expect(results.totals).toMatchObject({ created: 1, booked: 1 });
    expect(results.groups).toMatchObject([{ name: "Video consultation" }]);
  });

  it("a video link that Hero ends earlier is stopped; an unknown status changes nothing", async () => {
    const link = await createVideoLink(own, inputOf());
    const refresh = () => refreshLink(own, { linkId: link.id });
    await status("sleeping");
    expect(await refresh()).toMatchObject({ state: "live", uses: 0 });
    await status("expired");
    expect(await refresh()).toMatchObject({ state: "stopped", uses: 0 });
    expect(await refresh()).toMatchObject({ state: "live" });
  });

  it("a video link cannot be edited or closed, and nothing is sent", async () => {
    const link = await createVideoLink(own, inputOf());
    const message = "Video links cannot be changed or closed: Hero does not support it.";
    await expect(closeLink(own, { linkId: link.id })).rejects.toThrow(new ConflictError(message));
    const change = { linkId: link.id, expiresOn: addDays(today, 3), maxUses: 1 };
    await expect(updateLink(own, change)).rejects.toThrow(message);
    expect(await listHeroCalls(apiKey, "updateBookingLink")).toEqual([]);
  });

  it("video links are found by kind, tag and state, in the list and its count", async () => {
    const tag = randomUUID().slice(0, 8);
    const endsSoon = await createVideoLink(own, inputOf({ tags: [tag], expiresOn: today }));
    const live = await createVideoLink(own, inputOf({ tags: [tag] }));
    const ids = async (filters: Parameters<typeof listLinks>[1]) =>
      (await listLinks(own, { tag, ...filters })).items.map(({ id }) => id);
    expect(await ids({ kind: "video" })).toEqual([live.id, endsSoon.id]);
    expect(await ids({ state: "live" })).toEqual([live.id]);
    expect(await ids({ state: "ends_soon" })).toEqual([endsSoon.id]);
    expect(await ids({ kind: "form" })).toEqual([]);
    expect(await countLinks(own, { tag, kind: "video" })).toMatchObject({ count: 2 });
    await superuser`update links set expires_on = ${addDays(today, -1)} where id = ${live.id}`;
    expect(await ids({ state: "expired" })).toEqual([live.id]);
    expect(await ids({ state: "used_up" })).toEqual([]);
  });

  it("another tenant does not find a video link", async () => {
    const { id: linkId } = await createVideoLink(own, inputOf());
    await expect(getLink(other, { linkId })).rejects.toThrow(NotFoundError);
    await expect(refreshLink(other, { linkId })).rejects.toThrow(NotFoundError);
  });
});
