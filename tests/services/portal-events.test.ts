import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { HeroError } from "@/server/hero/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { createBookingLink } from "@/server/services/links/create";
import { recordExpiredLinks } from "@/server/services/links/expire";
import { refreshLink } from "@/server/services/links/refresh";
import { resolveLink } from "@/server/services/links/resolve-unknown";
import { connectAsSuperuser, sandboxUrl } from "../setup/database";
import { injectFault } from "../support/hero";
import {
  bookWithLink,
  createInvite,
  createWebhookPractices,
  type WebhookPractice,
} from "../support/process-webhooks";

const superuser = connectAsSuperuser();

let own: WebhookPractice;
let other: WebhookPractice;

beforeAll(async () => {
  ({ own, other } = await createWebhookPractices("30298"));
});

const listEvents = ({ ctx }: WebhookPractice, subjectId: string) =>
  superuser<{ type: string; data: Record<string, unknown> }[]>`
    select type, data from events where tenant_id = ${ctx.tenantId} and subject_id = ${subjectId}
    order by id`;
const typesOf = async (practice: WebhookPractice, subjectId: string) =>
  (await listEvents(practice, subjectId)).map(({ type }) => type);

const newLink = (overrides: { operationId?: string } = {}) =>
  createBookingLink(own.ctx, {
    operationId: randomUUID(),
    practiceId: own.practice.id,
    ...own.choice,
    reference: "A-1",
    expiresOn: addDays(ukDateOf(new Date()), 7),
    maxUses: 3,
    ...overrides,
  });

describe("events of the portal", () => {
  it("a created link is one event, however often it is requested", async () => {
    const operationId = randomUUID();
    const link = await newLink({ operationId });
    await newLink({ operationId });
    const created = {
      practiceId: own.practice.id,
      linkId: link.id,
      kind: "booking",
      reference: "A-1",
    };
    expect(await listEvents(own, link.id)).toEqual([{ type: "link.created", data: created }]);
    expect(await listEvents(other, link.id)).toEqual([]);
  });

  it("the first time that a link is seen opened is one event", async () => {
    const invite = await createInvite(own);
    const linkId = invite.link.id;
    await refreshLink(own.ctx, { linkId });
    expect(await typesOf(own, linkId)).toEqual(["link.created"]);
    await bookWithLink(invite);
    await refreshLink(own.ctx, { linkId });
    await refreshLink(own.ctx, { linkId });
    expect(await typesOf(own, linkId)).toEqual(["link.created", "link.opened"]);
    const [row] = await superuser`select opened_at from links where id = ${linkId}`;
    expect(row?.opened_at).toBeInstanceOf(Date);
  });

  it("an expiry is one event, and a second one when the link expires on another date", async () => {
    const { id } = await newLink();
    const live = await newLink();
    const expireOn = (date: string) =>
      superuser`update links set expires_on = ${date} where id = ${id}`;
    await expireOn(addDays(ukDateOf(new Date()), -2));
    expect(await recordExpiredLinks(own.ctx)).toBe(1);
    expect(await recordExpiredLinks(own.ctx)).toBe(0);
    await expireOn(addDays(ukDateOf(new Date()), -1));
    expect(await recordExpiredLinks(own.ctx)).toBe(1);
    expect(await recordExpiredLinks(other.ctx)).toBe(0);
    expect(await typesOf(own, id)).toEqual(["link.created", "link.expired", "link.expired"]);
    expect(await typesOf(own, live.id)).toEqual(["link.created"]);
  });

  it("an unknown link that is resolved is one event", async () => {
    await injectFault({
      operation: "createBookingLink",
      key: own.apiKey,
      reset: true,
      afterWork: true,
    });
    const { id, state } = await newLink();
    expect(state).toBe("unknown");
    expect(await typesOf(own, id)).toEqual([]);
    await resolveLink(own.ctx, { linkId: id, url: `${sandboxUrl}/s/${randomUUID().slice(0, 8)}` });
    expect(await listEvents(own, id)).toMatchObject([
      { type: "link.resolved", data: { linkId: id, outcome: "active" } },
    ]);
  });

  it("a key that Hero refuses is one event until Hero accepts it again", async () => {
    const refuse = () => injectFault({ operation: "getBookingLink", key: own.apiKey, status: 401 });
    const { id } = await newLink();
    for (const _ of [1, 2]) {
      await refuse();
      await expect(refreshLink(own.ctx, { linkId: id })).rejects.toThrow(HeroError);
    }
    expect(await typesOf(own, own.practice.id)).toEqual(["practice.key_refused"]);
    await refreshLink(own.ctx, { linkId: id });
    await refuse();
    await expect(refreshLink(own.ctx, { linkId: id })).rejects.toThrow(HeroError);
    expect((await typesOf(own, own.practice.id)).length).toBe(2);
    await refreshLink(own.ctx, { linkId: id });
  });
});
