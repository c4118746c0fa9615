import { describe, expect, it } from "vitest";
import { NotFoundError } from "@/server/errors";
import { getLink } from "@/server/services/links/read";
import { reconcileLink } from "@/server/services/links/reconcile-unknown";
import { refreshLinksOfPractice } from "@/server/services/links/refresh";
import { resolveLink } from "@/server/services/links/resolve-unknown";
import { connectAsSuperuser } from "../../setup/database";
import { injectFault, listHeroCalls, listHeroLinks, listTestPatients } from "../../support/hero";
import { createLedger, inDays } from "./support";

const superuser = connectAsSuperuser();
const { signal } = new AbortController();
const { apiKey, practiceId, ownCtx, otherCtx, createLinkAtHero } = await createLedger();

describe("an unknown link", () => {
  const createUnknownLink = async (afterWork: boolean, overrides: Record<string, unknown> = {}) => {
    await injectFault({
      operation: "createBookingLink",
      key: apiKey,
      times: 1,
      ...(afterWork ? { afterWork: true, reset: true } : { hang: true }),
    });
    const link = await createLinkAtHero(overrides);
    expect(link.state).toBe("unknown");
    return link;
  };
  const makeOldEnough = (id: string) =>
    superuser`update links set requested_at = now() - interval '1 hour' where id = ${id}`;

  it("an unknown link is resolved as created when Hero lists exactly one matching link without a patient", async () => {
    const link = await createUnknownLink(true, { expiresOn: inDays(101) });
    await expect(reconcileLink(ownCtx, { linkId: link.id })).rejects.toThrow("two minutes");
    await makeOldEnough(link.id);
    const resolved = await reconcileLink(ownCtx, { linkId: link.id });
    expect(resolved.state).toBe("live");
    expect((await listHeroLinks("20690")).map(({ url }) => url)).toContain(resolved.url);
  });

  it("an unknown link is resolved as not created when Hero lists no matching link", async () => {
    const link = await createUnknownLink(false, { expiresOn: inDays(102) });
    await makeOldEnough(link.id);
    expect((await reconcileLink(ownCtx, { linkId: link.id })).state).toBe("failed");
  });

  it("an unknown link stays unknown for a patient, or when two links match", async () => {
    const [patient] = await listTestPatients("20690");
    const invite = await createUnknownLink(true, {
      expiresOn: inDays(105),
      patientId: patient?.patientId ?? "",
    });
    const links = [
      await createUnknownLink(true, { expiresOn: inDays(103) }),
      await createUnknownLink(true, { expiresOn: inDays(103) }),
    ];
    for (const link of [invite, ...links]) {
      await makeOldEnough(link.id);
      await expect(reconcileLink(ownCtx, { linkId: link.id })).rejects.toThrow("Ask the practice");
      expect((await getLink(ownCtx, { linkId: link.id })).state).toBe("unknown");
    }
  });

  it("an unknown link stays unknown when Hero's list is incomplete or has no dates", async () => {
    const link = await createUnknownLink(false, { expiresOn: inDays(106) });
    await makeOldEnough(link.id);
    const list = JSON.stringify({
      data: [{ id: "1", short_link: "https://h.example/s/1", type: "booking" }],
      count: 1,
    });
    // Hero repeats one page, so a missing link proves nothing.
    await injectFault({
      operation: "listShortLinks",
      key: apiKey,
      times: 2,
      status: 200,
      body: list,
    });
    await expect(reconcileLink(ownCtx, { linkId: link.id })).rejects.toThrow("in full");
    const listResponse = JSON.stringify({
      data: [
        { id: "2", short_link: "https://h.example/s/2", type: "booking", expiry_date: "soon" },
      ],
      count: 1,
    });
    await injectFault({
      operation: "listShortLinks",
      key: apiKey,
      times: 1,
      status: 200,
      body: listResponse,
    });
    await expect(reconcileLink(ownCtx, { linkId: link.id })).rejects.toThrow("Ask the practice");
  });

  it("a person resolves an unknown link with a unique address or with none", async () => {
    const existing = await createLinkAtHero();
    const [first, other] = [
      await createUnknownLink(true, { expiresOn: inDays(104) }),
      await createUnknownLink(true, { expiresOn: inDays(104) }),
    ];
    await expect(
      resolveLink(ownCtx, { linkId: first.id, url: existing.url ?? "" }),
    ).rejects.toThrow("Another link has this address.");
    const resolvedAsCreated = await resolveLink(ownCtx, {
      linkId: first.id,
      url: "https://hero.example/s/asked1",
    });
    expect(resolvedAsCreated).toMatchObject({
      state: "live",
      url: "https://hero.example/s/asked1",
    });
    expect((await resolveLink(ownCtx, { linkId: other.id })).state).toBe("failed");
    await expect(resolveLink(ownCtx, { linkId: other.id })).rejects.toThrow(
      "Only a link with unknown status",
    );
    await expect(resolveLink(otherCtx, { linkId: other.id })).rejects.toThrow(NotFoundError);
  });
});

describe("the background refresh", () => {
  it("C5: the refresh reads links that may change, the longest unread first, and pauses when Hero cannot respond", async () => {
    await superuser`update links set closed_at = now() where tenant_id = ${ownCtx.tenantId}`;
    const [first, other] = [await createLinkAtHero(), await createLinkAtHero()];
    const closed = await createLinkAtHero();
    await superuser`update links set
      refreshed_at = now() - (case id when ${first.id} then interval '2 days' else interval '1 day' end),
      closed_at = case id when ${closed.id} then now() end
      where id in (${first.id}, ${other.id}, ${closed.id})`;
    const before = (await listHeroCalls(apiKey, "getBookingLink")).length;
    expect(await refreshLinksOfPractice(ownCtx, practiceId, signal)).toBe(2);
    const calls = (await listHeroCalls(apiKey, "getBookingLink")).slice(before);
    const heroIds = await superuser<{ id: string; hero_link_id: string }[]>`
      select id, hero_link_id from links where id in (${first.id}, ${other.id})`;
    const heroIdFor = (id: string) => heroIds.find((row) => row.id === id)?.hero_link_id ?? "";
    expect(calls.map(({ path }) => path.split("/").at(-1))).toEqual([
      heroIdFor(first.id),
      heroIdFor(other.id),
    ]);
    // A link that was just read is not read again.
    expect(await refreshLinksOfPractice(ownCtx, practiceId, signal)).toBe(0);

    await superuser`update links set refreshed_at = null where id in (${first.id}, ${other.id})`;
    await injectFault({ operation: "getBookingLink", key: apiKey, status: 401 });
    expect(await refreshLinksOfPractice(ownCtx, practiceId, signal)).toBe(0);
    expect((await getLink(ownCtx, { linkId: first.id })).refreshedAt).toBeNull();
  });

  it("C5: a link that Hero cannot read, or a kind that the key may not read, does not keep others back", async () => {
    await superuser`update links set closed_at = now() where tenant_id = ${ownCtx.tenantId}`;
    const links = [];
    for (let i = 0; i < 4; i += 1) links.push(await createLinkAtHero());
    const [form, failing, rejected, last] = links.map(({ id }) => id);
    await superuser`update links set kind = 'form', form_id = 'f', form_title = 'Form',
      appointment_type_id = null where id = ${form ?? ""}`;
    for (const [days, id] of [form, failing, rejected, last].entries()) {
      await superuser`update links set refreshed_at = now() - ${`${10 - days} days`}::interval
        where id = ${id ?? ""}`;
    }
    await injectFault({ operation: "getLinkStatus", key: apiKey, status: 403 });
    // A read is attempted three times after a 500.
    await injectFault({ operation: "getBookingLink", key: apiKey, status: 500, times: 3 });
    await injectFault({ operation: "getBookingLink", key: apiKey, status: 400 });
    expect(await refreshLinksOfPractice(ownCtx, practiceId, signal)).toBe(1);
    const wasReadNow = async (id = "") => {
      const { refreshedAt } = await getLink(ownCtx, { linkId: id });
      return Date.now() - Date.parse(refreshedAt ?? "") < 60_000;
    };
    expect(await wasReadNow(last)).toBe(true);
    expect([await wasReadNow(form), await wasReadNow(failing)]).toEqual([false, false]);
    expect((await getLink(ownCtx, { linkId: rejected ?? "" })).reason).toContain("refused to give");

    // Failures one after the other are an outage.
    await superuser`update links set refreshed_at = null
      where id in (${failing ?? ""}, ${rejected ?? ""}, ${last ?? ""})`;
    await injectFault({ operation: "getBookingLink", key: apiKey, status: 500, times: 9 });
    await createLinkAtHero();
    await superuser`update links set refreshed_at = now() - interval '1 hour'
      where refreshed_at > now() - interval '1 minute' and tenant_id = ${ownCtx.tenantId}`;
    const before = (await listHeroCalls(apiKey, "getBookingLink")).length;
    // The form link is read.
    expect(await refreshLinksOfPractice(ownCtx, practiceId, signal)).toBe(1);
    expect((await listHeroCalls(apiKey, "getBookingLink")).length - before).toBe(9);
  });
});
