import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fingerprint } from "@/server/crypto/tokens";
import { NotFoundError } from "@/server/errors";
import { toFailure } from "@/server/http/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { bookAppointmentInput } from "@/server/schemas/appointments";
import { listSlotsInput } from "@/server/schemas/slots";
import { createBookingLinkInput } from "@/server/schemas/links/inputs";
import { bookAppointment } from "@/server/services/appointments/book";
import { reserveAppointment } from "@/server/services/appointments/reserve";
import { createBookingLink } from "@/server/services/links/create";
import { closeLink } from "@/server/services/links/update";
import { approveMerge } from "@/server/services/merges/decide";
import { previewMergeForRequest } from "@/server/services/merges/preview";
import { requestMerge } from "@/server/services/merges/request";
import { disconnectPractice, replaceKey } from "@/server/services/practices/change";
import { connectNetworkPractice, connectPractice } from "@/server/services/practices/connect";
import { getBookingOptions, listPractices } from "@/server/services/practices/read";
import { listFreeSlots } from "@/server/services/slots";
import {
  createPatientCase,
  getSandboxPractice,
  injectFault,
  listHeroCalls,
} from "../../support/hero";
import { firstBookingChoice } from "../../support/tenants";
import {
  superuser,
  tenant,
  millbrook,
  kingsway,
  otherKey,
  ctx,
  errorOf,
  savedRows,
  listActions,
  readStoredKey,
} from "./support";

describe("replacing a key", () => {
  it("a new key replaces the old one for all its practices", async () => {
    const main = await connectPractice(ctx, millbrook);
    const { credential } = main;
    const hub = { credentialId: credential.id, practiceGroupId: "20690" };
    const networkPractice = await connectNetworkPractice(ctx, hub);
    await superuser`update credentials set state = 'needs_new_key' where id = ${credential.id}`;
    const views = await replaceKey(ctx, { credentialId: credential.id, apiKey: otherKey.apiKey });
    expect(views.map(({ id }) => id).sort()).toEqual([main.id, networkPractice.id].sort());
    for (const view of views) {
      expect(view).toMatchObject({
        health: "working",
        credential: { id: credential.id, lastFour: otherKey.apiKey.slice(-4) },
      });
      expect(view.credential.fingerprint).not.toBe(credential.fingerprint);
      expect(await readStoredKey(view.id)).toBe(otherKey.apiKey);
    }
    expect((await savedRows()).credentials).toHaveLength(1);
    expect(await listActions()).toContain("Replaced the Hero API key");
  });

  it("nothing changes when Hero rejects the new key or does not respond", async () => {
    const main = await connectPractice(ctx, millbrook);
    const before = await savedRows();
    const credentialId = main.credential.id;
    const results = [
      ["sandbox_a_key_that_nobody_made", { field: "apiKey" }],
      [kingsway.apiKey, { field: "apiKey", message: expect.stringContaining("Millbrook") }],
    ] as const;
    for (const [apiKey, rejection] of results) {
      await expect(replaceKey(ctx, { credentialId, apiKey })).rejects.toMatchObject(rejection);
    }
    await injectFault({
      operation: "getPracticeGroupById",
      key: millbrook.apiKey,
      malformed: true,
    });
    await expect(replaceKey(ctx, { credentialId, apiKey: millbrook.apiKey })).rejects.toMatchObject(
      { code: "unreadable_reply" },
    );
    expect(await savedRows()).toEqual(before);
    expect(await listActions()).not.toContain("Replaced the Hero API key");
  });

  it("a key of another practice of this organisation is rejected", async () => {
    const main = await connectPractice(ctx, millbrook);
    const neighbourPractice = await getSandboxPractice("20417", "c");
    await connectPractice(ctx, neighbourPractice);
    const input = { credentialId: main.credential.id, apiKey: neighbourPractice.apiKey };
    await expect(replaceKey(ctx, input)).rejects.toMatchObject({
      field: "apiKey",
      message: "This key is already saved for another practice.",
    });
    expect(await readStoredKey(main.id)).toBe(millbrook.apiKey);
  });
});

describe("one new key for two old ones at once", () => {
  it("one of two simultaneous replacements succeeds, and the other is rejected", async () => {
    const main = await connectPractice(ctx, millbrook);
    const hub = await connectPractice(ctx, {
      practiceGroupId: "20690",
      apiKey: (await getSandboxPractice("20417", "c")).apiKey,
    });
    const results = await Promise.allSettled(
      [main, hub].map(({ credential }) =>
        replaceKey(ctx, { credentialId: credential.id, apiKey: otherKey.apiKey }),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ field: "apiKey" });
    }
  });
});

describe("a practice disconnected during a call to Hero", () => {
  /** Starts a slow call to Hero and disconnects the practice during it. */
  async function disconnectDuring(
    practiceId: string,
    apiKey: string,
    task: () => Promise<unknown>,
  ) {
    const countCalls = async () => (await listHeroCalls(apiKey, "getPracticeGroupById")).length;
    const before = await countCalls();
    await injectFault({ operation: "getPracticeGroupById", key: apiKey, delayMs: 1200 });
    const working = errorOf(task());
    await expect.poll(countCalls).toBe(before + 1);
    await disconnectPractice(ctx, { practiceId });
    return working;
  }

  it("a practice disconnected in the meantime gets no new key", async () => {
    const main = await connectPractice(ctx, millbrook);
    const input = { credentialId: main.credential.id, apiKey: millbrook.apiKey };
    const error = await disconnectDuring(main.id, millbrook.apiKey, () => replaceKey(ctx, input));
    expect(error).toBeInstanceOf(NotFoundError);
    expect((await savedRows()).credentials).toMatchObject([{ state: "removed", sealed_key: null }]);
  });

  it("a practice disconnected in the meantime does not share its key", async () => {
    const main = await connectPractice(ctx, millbrook);
    const input = { credentialId: main.credential.id, practiceGroupId: "20690" };
    const error = await disconnectDuring(main.id, millbrook.apiKey, () =>
      connectNetworkPractice(ctx, input),
    );
    expect(error).toBeInstanceOf(NotFoundError);
    expect(await listPractices(ctx)).toEqual([]);
    expect((await savedRows()).practices).toHaveLength(1);
  });
});

describe("a key replaced while calls wait for their turn", () => {
  /** A practice with its own key. `pause` keeps all calls with that key back for three seconds. */
  async function connectPausable() {
    const practice = await getSandboxPractice("20533", "a");
    const view = await connectPractice(ctx, practice);
    const options = await getBookingOptions(ctx, { practiceId: view.id });
    const createLink = () =>
      createBookingLink(
        ctx,
        createBookingLinkInput.parse({
          operationId: randomUUID(),
          practiceId: view.id,
          appointmentTypeId: options.appointmentTypes[0]?.id ?? "",
          locationId: options.locations[0]?.id ?? "",
          expiresOn: addDays(ukDateOf(new Date()), 7),
          maxUses: 1,
        }),
      );
    const pause = async () => {
      await superuser`update hero_limits set ready_at = now() + interval '3 seconds'
        where key = ${`sandbox:${fingerprint(practice.apiKey)}`}`;
    };
    return { view, apiKey: practice.apiKey, createLink, pause };
  }

  it("a link that waited is created with the new key", async () => {
    const { view, apiKey, createLink, pause } = await connectPausable();
    await pause();
    const creating = createLink();
    const replacement = await getSandboxPractice("20533", "b");
    await replaceKey(ctx, { credentialId: view.credential.id, apiKey: replacement.apiKey });
    expect(await creating).toMatchObject({ state: "live" });
    expect(await listHeroCalls(apiKey, "createBookingLink")).toHaveLength(0);
    expect(await listHeroCalls(replacement.apiKey, "createBookingLink")).toHaveLength(1);
  });

  it("a change that waited is made with the new key", async () => {
    const { view, apiKey, createLink, pause } = await connectPausable();
    const { id: linkId } = await createLink();
    await pause();
    const closing = closeLink(ctx, { linkId });
    const replacement = await getSandboxPractice("20533", "b");
    await replaceKey(ctx, { credentialId: view.credential.id, apiKey: replacement.apiKey });
    expect(await closing).toMatchObject({ state: "closed" });
    expect(await listHeroCalls(apiKey, "updateBookingLink")).toHaveLength(0);
    expect(await listHeroCalls(replacement.apiKey, "updateBookingLink")).toHaveLength(1);
  });

  /** A practice with a free slot, a patient who may be booked and a merge that someone else may approve. */
  async function connectWithPatients() {
    const { view, apiKey, pause } = await connectPausable();
    const practiceId = view.id;
    const [patient] = (await createPatientCase("20533", "found")).patients;
    const choice = await firstBookingChoice(ctx, practiceId);
    const firstDay = addDays(ukDateOf(new Date()), 9);
    const { slots } = await listFreeSlots(
      ctx,
      listSlotsInput.parse({ practiceId, ...choice, firstDay }),
    );
    const slot = slots.find(({ locationId }) => locationId === choice.locationId);
    const hold = () =>
      reserveAppointment(ctx, {
        operationId: randomUUID(),
        practiceId,
        patientId: patient?.patientId ?? "",
        slotId: slot?.id ?? "",
        ...choice,
      });
    const approver = await tenant.asRole("admin");
    const [first, second] = (await createPatientCase("20533", "mergeable")).patients;
    const pair = {
      practiceId,
      patientId: first?.patientId ?? "",
      otherPatientId: second?.patientId ?? "",
    };
    const preview = await previewMergeForRequest(ctx, pair);
    if (preview.outcome !== "can_be_merged") throw new Error(`The preview was ${preview.outcome}.`);
    const { previewFingerprint } = preview;
    const request = { operationId: randomUUID(), ...pair, previewFingerprint };
    const { id: mergeId } = await requestMerge(ctx, request);
    const approve = () => approveMerge(approver, { mergeId, previewFingerprint });
    return { view, apiKey, pause, hold, mergeId, approve };
  }

  /** Replaces the key while `task` waits. @returns how often the operation was sent with each key */
  async function replaceWhileWaiting(
    {
      view,
      apiKey,
      pause,
    }: Pick<Awaited<ReturnType<typeof connectPausable>>, "view" | "apiKey" | "pause">,
    operation: string,
    task: () => Promise<unknown>,
  ) {
    await pause();
    const waiting = task();
    const replacement = await getSandboxPractice("20533", "b");
    await replaceKey(ctx, { credentialId: view.credential.id, apiKey: replacement.apiKey });
    const result = await waiting;
    const counts = [apiKey, replacement.apiKey].map(
      async (key) => (await listHeroCalls(key, operation)).length,
    );
    return { result, counts: await Promise.all(counts) };
  }

  it("an appointment that waited is held with the new key", async () => {
    const connected = await connectWithPatients();
    const held = await replaceWhileWaiting(connected, "createAppointment", connected.hold);
    expect(held).toMatchObject({ result: { outcome: "held" }, counts: [0, 1] });
  });

  it("a booking that waited is sent once, with the new key", async () => {
    const connected = await connectWithPatients();
    const { appointment } = await connected.hold();
    const input = bookAppointmentInput.parse({
      operationId: randomUUID(),
      appointmentId: appointment?.id ?? "",
      tellPatient: true,
    });
    const booked = await replaceWhileWaiting(connected, "bookAppointment", () =>
      bookAppointment(ctx, input),
    );
    expect(booked).toMatchObject({
      result: { outcome: "made", appointment: { state: "booked" } },
      counts: [0, 1],
    });
  });

  it("a merge that waited is sent once, with the new key", async () => {
    const connected = await connectWithPatients();
    const merged = await replaceWhileWaiting(connected, "mergePatient", connected.approve);
    expect(merged).toMatchObject({ result: { state: "merged" }, counts: [0, 1] });
  });

  it("an appointment and a merge that waited for a practice that was disconnected are not sent", async () => {
    const { view, apiKey, pause, hold, mergeId, approve } = await connectWithPatients();
    await pause();
    const waiting = [errorOf(hold()), errorOf(approve())];
    await disconnectPractice(ctx, { practiceId: view.id });
    for (const error of await Promise.all(waiting)) {
      expect(toFailure(error)).toMatchObject({ code: "conflict" });
    }
    for (const operation of ["createAppointment", "mergePatient"]) {
      expect(await listHeroCalls(apiKey, operation)).toHaveLength(0);
    }
    expect(await superuser`select id from appointments where practice_id = ${view.id}`).toEqual([]);
    const [approval] = await superuser`
      select decision, outcome from approvals
      join patient_merges on patient_merges.approval_id = approvals.id
      where patient_merges.id = ${mergeId}`;
    expect(approval).toEqual({ decision: null, outcome: "requested" });
  });

  it("a link that waited for a practice that was disconnected is refused, and nothing is written", async () => {
    const { view, apiKey, createLink, pause } = await connectPausable();
    await pause();
    const creating = errorOf(createLink());
    await disconnectPractice(ctx, { practiceId: view.id });
    expect(await creating).toMatchObject({
      code: "disconnected",
      writeOutcome: "no",
      message: "The practice was disconnected meanwhile. Nothing was sent.",
    });
    expect(toFailure(await creating)).toMatchObject({ code: "conflict" });
    expect(await listHeroCalls(apiKey, "createBookingLink")).toHaveLength(0);
    expect(await superuser`select id from links where practice_id = ${view.id}`).toEqual([]);
  });
});
