import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from "@/server/errors";
import { destinationTestEvent } from "@/server/schemas/api-v1";
import type { CreateDestinationInput } from "@/server/schemas/destinations";
import { listActivity } from "@/server/services/activity";
import { getDestination, listDestinations } from "@/server/services/destinations/read";
import {
  createDestination,
  deleteDestination,
  switchDestination,
  updateDestination,
} from "@/server/services/destinations/save";
import {
  rotateDestinationSecret,
  showDestinationSecret,
} from "@/server/services/destinations/secrets";
import { sendTestEvent } from "@/server/services/destinations/test-event";
import type { TenantContext } from "@/server/tenancy/context";
import { getSandboxPractice } from "../../support/hero";
import { startReceiver, verify } from "../../support/receiver";
import { createTenant, createTenantPair, type TestTenant } from "../../support/tenants";

let first: TestTenant;
let second: TestTenant;
let a: TenantContext;
let b: TenantContext;
let practiceOfB: string;

beforeAll(async () => {
  ({ first, second } = await createTenantPair());
  a = await first.asOwner();
  b = await second.asOwner();
  practiceOfB = (await second.connect(await getSandboxPractice("30298", "c"))).id;
});

const input = (overrides: Partial<CreateDestinationInput> = {}): CreateDestinationInput => ({
  name: "Practice system",
  url: "https://hooks.example.org/hero",
  eventTypes: [],
  practiceIds: [],
  ...overrides,
});

const hours = (count: number) => count * 60 * 60_000;

describe("saving a destination", () => {
  it("a new secret is returned once, and later shown only with an audit row", async () => {
    const { secret, view } = await createDestination(a, input());
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(view).toMatchObject({ isOn: true, offReason: null, waitingCount: 0 });
    const destinationId = view.id;
    expect(JSON.stringify(await getDestination(a, { destinationId }))).not.toContain("whsec_");
    const shown = await showDestinationSecret(a, {
      destinationId,
      secretId: view.secrets[0]?.id ?? "",
    });
    expect(shown.secret).toBe(secret);
    const { items } = await listActivity(a, { limit: 2 });
    expect(items.map(({ action, subject }) => [action, subject.id])).toEqual([
      ["Showed the secret of a destination", destinationId],
      ["Added a destination for events", destinationId],
    ]);
  });

  it("c19: an address of this machine or of a private network is refused at its field", async () => {
    for (const url of ["https://10.0.0.1/", "https://localhost/", "http://example.org/"]) {
      const error = await createDestination(a, input({ url })).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidInputError);
      expect(error).toMatchObject({ field: "url" });
    }
    const { view } = await createDestination(a, input());
    await expect(
      updateDestination(a, { destinationId: view.id, ...input({ url: "https://[::1]/" }) }),
    ).rejects.toThrow(InvalidInputError);
  });

  it("c1: no other organisation or environment sees, changes, tests or shows a destination", async () => {
    const { view } = await createDestination(a, input());
    const destinationId = view.id;
    const secretId = view.secrets[0]?.id ?? "";
    for (const ctx of [b, await first.asOwner("staging")]) {
      expect((await listDestinations(ctx)).map(({ id }) => id)).not.toContain(destinationId);
      for (const run of [
        () => getDestination(ctx, { destinationId }),
        () => updateDestination(ctx, { destinationId, ...input() }),
        () => switchDestination(ctx, { destinationId, isOn: false }),
        () => rotateDestinationSecret(ctx, { destinationId }),
        () => showDestinationSecret(ctx, { destinationId, secretId }),
        () => sendTestEvent(ctx, { destinationId }),
        () => deleteDestination(ctx, { destinationId }),
      ]) {
        await expect(run()).rejects.toThrow(NotFoundError);
      }
    }
    const practiceIds = [practiceOfB];
    await expect(createDestination(a, input({ practiceIds }))).rejects.toThrow(NotFoundError);
    const change = { destinationId, ...input({ practiceIds }) };
    await expect(updateDestination(a, change)).rejects.toThrow(NotFoundError);
    // A secret of another destination of the same organisation.
    const { view: other } = await createDestination(a, input());
    await expect(showDestinationSecret(a, { destinationId: other.id, secretId })).rejects.toThrow(
      NotFoundError,
    );
    await expect(getDestination(a, { destinationId: randomUUID() })).rejects.toThrow(NotFoundError);
  });

  it("a viewer sees destinations and changes nothing", async () => {
    const viewer = await first.asRole("viewer");
    const { view } = await createDestination(a, input());
    const destinationId = view.id;
    expect(await getDestination(viewer, { destinationId })).toEqual(view);
    for (const run of [
      () => createDestination(viewer, input()),
      () => rotateDestinationSecret(viewer, { destinationId }),
      () => sendTestEvent(viewer, { destinationId }),
    ]) {
      await expect(run()).rejects.toThrow(ForbiddenError);
    }
  });

  it("an environment has at most 20 destinations, also when they are added at once", async () => {
    const ctx = await (await createTenant()).asOwner();
    const results = await Promise.allSettled(
      Array.from({ length: 25 }, () => createDestination(ctx, input())),
    );
    const failures = results.flatMap((result) =>
      result.status === "rejected" ? [result.reason as unknown] : [],
    );
    expect(failures).toHaveLength(5);
    expect(failures.every((error) => error instanceof ConflictError)).toBe(true);
    const list = await listDestinations(ctx);
    expect(list).toHaveLength(20);
    await deleteDestination(ctx, { destinationId: list[0]?.id ?? "" });
    await createDestination(ctx, input());
    expect(await listDestinations(ctx)).toHaveLength(20);
  });

  it("a destination is turned off and on once in the activity, however often it is requested", async () => {
    const ctx = await (await createTenant()).asOwner();
    const { view } = await createDestination(ctx, input());
    for (const isOn of [false, false, true, true]) {
      const switched = await switchDestination(ctx, { destinationId: view.id, isOn });
      expect(switched).toMatchObject({ isOn, offReason: isOn ? null : "by_person" });
    }
    const { items } = await listActivity(ctx, { limit: 3 });
    expect(items.map(({ action }) => action)).toEqual([
      "Turned on a destination for events",
      "Turned off a destination for events",
      "Added a destination for events",
    ]);
  });
});

describe("rotating a secret", () => {
  it("every rotation overlaps: earlier secrets sign until their own 24 hours are over", async () => {
    const receiver = await startReceiver();
    const now = Date.now();
    const at = (hoursFromNow: number) => new Date(now + hours(hoursFromNow));
    const created = await createDestination(a, input({ url: receiver.url }), at(-24));
    const one = created.secret;
    const destinationId = created.view.id;
    const { secret: two } = await rotateDestinationSecret(a, { destinationId }, at(-23));
    const { secret: three, view: rotated } = await rotateDestinationSecret(
      a,
      { destinationId },
      at(0),
    );
    expect(rotated.secrets.map(({ validUntil }) => validUntil)).toEqual([
      null,
      at(24).toISOString(),
      at(1).toISOString(),
    ]);
    expect(await sendTestEvent(a, { destinationId })).toMatchObject({ status: 200 });
    const [request] = receiver.received;
    if (!request) throw new Error("Nothing arrived.");
    for (const secret of [one, two, three]) {
      const event = destinationTestEvent.parse(verify(request, secret));
      expect(event).toMatchObject({ type: "destination.test", data: { destinationId } });
    }
    const later = await rotateDestinationSecret(a, { destinationId }, at(2));
    expect(later.view.secrets).toHaveLength(3);
    await rotateDestinationSecret(a, { destinationId }, at(2));
    await rotateDestinationSecret(a, { destinationId }, at(2));
    await expect(rotateDestinationSecret(a, { destinationId }, at(2))).rejects.toThrow(
      ConflictError,
    );
  });

  it("a secret of another destination does not verify, and no secret is in the bytes sent", async () => {
    const receiver = await startReceiver();
    const { secret, view } = await createDestination(a, input({ url: receiver.url }));
    const { secret: other } = await createDestination(a, input({ url: receiver.url }));
    await sendTestEvent(a, { destinationId: view.id });
    const [request] = receiver.received;
    if (!request) throw new Error("Nothing arrived.");
    expect(() => verify(request, other)).toThrow();
    const sent = JSON.stringify(request);
    expect(sent).not.toContain(secret);
    expect(sent).not.toContain(secret.slice("whsec_".length));
    expect(sent).not.toContain(Buffer.from(secret).toString("base64"));
  });
});
