import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { ConflictError, ForbiddenError, NotFoundError } from "@/server/errors";
import type { MergeView } from "@/server/schemas/merges";
import { enqueue } from "@/server/queue/enqueue";
import { listActivity } from "@/server/services/activity";
import { approveMerge, refuseMerge, withdrawMerge } from "@/server/services/merges/decide";
import { previewMergeForDecision, previewMergeForRequest } from "@/server/services/merges/preview";
import { getMerge, listMerges, summariseMerges } from "@/server/services/merges/read";
import { requestMerge } from "@/server/services/merges/request";
import { resolveMerge } from "@/server/services/merges/resolve";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import {
  changePatient,
  createPatientCase,
  getSandboxPractice,
  inDialect,
  injectFault,
  listHeroCalls,
} from "../support/hero";
import { listEmails, listJobs, runJobs } from "../support/mail";
import { createTenant, createTenantPair, type TestTenant } from "../support/tenants";

const sql = connectAsSuperuser();
const practiceGroupId = "20533";

let tenant: TestTenant;
let otherTenant: TestTenant;
let practiceId: string;
let apiKey: string;
let otherPracticeId: string;
let requester: TenantContext;
let approver: TenantContext;
let foreign: TenantContext;
let foreignApprover: TenantContext;

beforeEach(async () => {
  // A key for each test, so that its faults and calls are its own.
  const practice = await getSandboxPractice(practiceGroupId, "a");
  ({ apiKey } = practice);
  ({ first: tenant, second: otherTenant } = await createTenantPair());
  practiceId = (await tenant.connect(practice)).id;
  otherPracticeId = (await otherTenant.connect(practice)).id;
  requester = await tenant.asOwner();
  approver = await tenant.asRole("admin");
  foreign = await otherTenant.asOwner();
  foreignApprover = await otherTenant.asRole("admin");
});

async function createPair(name = "mergeable") {
  const [patient, other] = (await createPatientCase(practiceGroupId, name)).patients;
  const pair = { patientId: patient?.patientId ?? "", otherPatientId: other?.patientId ?? "" };
  return { practiceId, ...pair };
}
type Pair = Awaited<ReturnType<typeof createPair>>;

async function compare(ctx: TenantContext, pair: Pair) {
  const preview = await previewMergeForRequest(ctx, pair);
  if (preview.outcome !== "can_be_merged") throw new Error(`The preview was ${preview.outcome}.`);
  return preview;
}

async function request(pair: Pair, ctx = requester): Promise<MergeView> {
  const { previewFingerprint } = await compare(ctx, pair);
  return requestMerge(ctx, { operationId: randomUUID(), ...pair, previewFingerprint });
}

async function approve(merge: MergeView, ctx = approver): Promise<MergeView> {
  const preview = await previewMergeForDecision(ctx, { mergeId: merge.id });
  if (preview.outcome !== "can_be_merged") throw new Error(`The preview was ${preview.outcome}.`);
  const { previewFingerprint } = preview;
  return approveMerge(ctx, { mergeId: merge.id, previewFingerprint });
}

const countMerges = async () => (await listHeroCalls(apiKey, "mergePatient")).length;
const countPreviews = async () => (await listHeroCalls(apiKey, "previewPatientMerge")).length;

const listActions = async (mergeId: string) =>
  (await listActivity(requester, { limit: 100 })).items
    .filter(({ subject }) => subject.id === mergeId)
    .map(({ action }) => action)
    .toReversed();

describe("the preview of a merge", () => {
  it("a preview shows both records and the result, changed rows first, and lists what is lost", async () => {
    const pair = await createPair();
    const preview = await compare(requester, pair);
    expect(preview.survivorPatientId).toBe(pair.patientId);
    expect(preview.hasSameNhsNumber).toBe(true);
    const firstUnchanged = preview.rows.findIndex(({ isChanged }) => !isChanged);
    expect(preview.rows.slice(firstUnchanged).some(({ isChanged }) => isChanged)).toBe(false);
    expect(preview.rows.slice(0, firstUnchanged).map(({ label }) => label)).toContain("Mobile");
    expect(preview.lost).toEqual(
      expect.arrayContaining([
        { label: "Mobile", value: "07700 900999", from: "other" },
        { label: "Notes", value: "Prefers letters.", from: "other" },
      ]),
    );
    expect(await countMerges()).toBe(0);
  });

  it("the survivor is the record that Hero's preview says, also when it is the other one", async () => {
    const pair = await createPair("mergeable_other_survives");
    expect((await compare(requester, pair)).survivorPatientId).toBe(pair.otherPatientId);
  });

  it.each([
    ["different_nhs_numbers", "different_nhs_numbers", "national back office"],
    ["same_number_other_name", "possible_confusion", "Possible confusion"],
    ["same_number_other_date_of_birth", "possible_confusion", "Possible confusion"],
    ["sex_changed", "ask_the_practice", "cannot be merged in the portal"],
  ])("a pair with %s is refused before a preview is requested", async (name, code, text) => {
    const pair = await createPair(name);
    const preview = await previewMergeForRequest(requester, pair);
    expect(preview).toMatchObject({ outcome: "refused", code });
    expect(JSON.stringify(preview)).toContain(text);
    expect(await countPreviews()).toBe(0);
    // The same when the form is sent without the page.
    await expect(
      requestMerge(requester, {
        operationId: randomUUID(),
        ...pair,
        previewFingerprint: "0".repeat(64),
      }),
    ).rejects.toThrow(text);
    expect(await countMerges()).toBe(0);
  });

  it("a comparison names the identifiers that people know", async () => {
    const pair = await createPair();
    const preview = await previewMergeForRequest(requester, pair);
    const rows = preview.outcome === "can_be_merged" ? preview.rows : [];
    const row = rows.find(({ label }) => label === "Other identifiers");
    expect(row?.patient).toMatch(new RegExp(`^NHS number \\d{10}, Hero ID ${pair.patientId}$`));
  });

  it("two NHS numbers are refused where a practice has them among other identifiers only", async () => {
    const group = "30297";
    const connected = await tenant.connect(await getSandboxPractice(group, "a"));
    const [patient, other] = (await createPatientCase(group, "different_nhs_numbers")).patients;
    expect(
      await previewMergeForRequest(requester, {
        practiceId: connected.id,
        patientId: patient?.patientId ?? "",
        otherPatientId: other?.patientId ?? "",
      }),
    ).toMatchObject({ outcome: "refused", code: "different_nhs_numbers" });
  });

  it("the refusal of a sensitive pair does not say what differs", async () => {
    const preview = await previewMergeForRequest(requester, await createPair("sex_changed"));
    expect(JSON.stringify(preview)).not.toMatch(/sex|gender|adopt|name|number/i);
  });

  it.each([
    ["deceased", { deceasedOn: "2026-03-02" }, "has died"],
    ["archived", { isArchived: true }, "archived"],
    ["restricted", { isRestricted: true }, "restricted"],
  ])(
    "a pair with a %s record is refused before a preview is requested",
    async (_, change, text) => {
      for (const which of ["patientId", "otherPatientId"] as const) {
        const pair = await createPair();
        await changePatient(pair[which], change);
        expect(await previewMergeForRequest(requester, pair)).toMatchObject({
          outcome: "refused",
          code: "patient_refused",
          reason: expect.stringContaining(text),
        });
      }
      expect(await countPreviews()).toBe(0);
    },
  );

  it("a pair of which one was merged elsewhere is refused, and the merge is noted", async () => {
    const pair = await createPair("merged_elsewhere");
    expect(await previewMergeForRequest(requester, pair)).toMatchObject({
      outcome: "refused",
      code: "patient_refused",
      reason: expect.stringContaining("merged into another one"),
    });
    expect(
      await sql`
      select replaced_by from replaced_patients
      where practice_id = ${practiceId} and patient_id = ${pair.patientId}`,
    ).toMatchObject([{ replaced_by: pair.otherPatientId }]);
  });

  it("a preview that Hero does not answer decides nothing", async () => {
    await injectFault({ operation: "previewPatientMerge", key: apiKey, status: 500, times: 9 });
    expect(await previewMergeForRequest(requester, await createPair())).toMatchObject({
      outcome: "could_not_be_checked",
    });
  });

  it("an organisation without a second person is informed before Hero is called", async () => {
    const lonely = await createTenant();
    const practice = await getSandboxPractice(practiceGroupId, "a");
    const connected = await lonely.connect(practice);
    await lonely.asRole("operator");
    const ctx = await lonely.asOwner();
    const callCount = (await listHeroCalls(practice.apiKey)).length;
    expect(
      await previewMergeForRequest(ctx, { ...(await createPair()), practiceId: connected.id }),
    ).toMatchObject({ outcome: "refused", code: "no_second_person" });
    expect(await summariseMerges(ctx)).toEqual({ waitingForYou: 0, hasSecondPerson: false });
    expect((await listHeroCalls(practice.apiKey)).length).toBe(callCount);
  });

  it("only people with the permission can compare, and only for their own practices", async () => {
    const pair = await createPair();
    for (const role of ["developer", "operator", "viewer", "auditor"] as const) {
      const ctx = await tenant.asRole(role);
      await expect(previewMergeForRequest(ctx, pair)).rejects.toThrow(ForbiddenError);
    }
    await expect(previewMergeForRequest(foreign, pair)).rejects.toThrow(NotFoundError);
  });
});

describe("requesting a merge", () => {
  it("a request sends nothing, waits 24 hours, and everyone who can approve it gets an email", async () => {
    const pair = await createPair();
    await runJobs("approval-mail");
    const merge = await request(pair);
    expect(merge).toMatchObject({ ...pairIds(pair), state: "waiting", isOwnRequest: true });
    const hours = (Date.parse(merge.expiresAt) - Date.parse(merge.requestedAt)) / 3_600_000;
    expect(Math.round(hours)).toBe(24);
    expect(await countMerges()).toBe(0);
    await runJobs("approval-mail");
    const approverEmail = approver.actor.kind === "person" ? approver.actor.email : "";
    const [email] = await listEmails(approverEmail);
    expect(email?.subject).toBe("A merge of two records needs a second person");
    expect(JSON.stringify(email)).not.toMatch(/Ursula|Upton|1966/);
    expect(JSON.stringify(email)).not.toContain(pair.patientId);
    expect(await listEmails(tenant.owner.email)).toEqual([]);
    expect(await listActions(merge.id)).toEqual(["Requested a merge"]);
  });

  it("a request sent twice with one operation ID is one request", async () => {
    const pair = await createPair();
    const { previewFingerprint } = await compare(requester, pair);
    const input = { operationId: randomUUID(), ...pair, previewFingerprint };
    const merges = await Promise.all([
      requestMerge(requester, input),
      requestMerge(requester, input),
    ]);
    expect(merges[0].id).toBe(merges[1].id);
    // A second form for the same records leads to the same request.
    expect((await requestMerge(requester, { ...input, operationId: randomUUID() })).id).toBe(
      merges[0].id,
    );
    await expect(requestMerge(requester, { ...input, ...(await createPair()) })).rejects.toThrow(
      "already sent for two other records",
    );
  });

  it("two opposite requests at once give one", async () => {
    const pair = await createPair();
    const opposite = {
      practiceId,
      patientId: pair.otherPatientId,
      otherPatientId: pair.patientId,
    };
    const results = await Promise.allSettled([request(pair), request(opposite, approver)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  it("c32: a preview of records that changed since cannot be used for a request", async () => {
    const pair = await createPair();
    const { previewFingerprint } = await compare(requester, pair);
    for (const id of [pair.patientId, pair.otherPatientId]) {
      await changePatient(id, { lastName: "Upton-Hale" });
    }
    await expect(
      requestMerge(requester, { operationId: randomUUID(), ...pair, previewFingerprint }),
    ).rejects.toThrow("Compare them again");
  });
});

const pairIds = ({ patientId, otherPatientId }: Pair) => ({ patientId, otherPatientId });

describe("deciding a merge", () => {
  it("a second person approves, and the two records are one", async () => {
    const pair = await createPair();
    const merge = await request(pair);
    const merged = await approve(merge);
    expect(merged).toMatchObject({
      state: "merged",
      survivorPatientId: pair.patientId,
      failure: null,
    });
    expect(await countMerges()).toBe(1);
    expect(await listActions(merge.id)).toEqual([
      "Requested a merge",
      "Approved a merge",
      "Merged two patient records",
    ]);
    expect(
      await sql`
      select replaced_by from replaced_patients
      where practice_id = ${practiceId} and patient_id = ${pair.otherPatientId}`,
    ).toMatchObject([{ replaced_by: pair.patientId }]);
    const jobs = await listJobs("refresh-links");
    expect(jobs.map(({ data }) => data.practiceId)).toContain(practiceId);
  });

  it("the approver's token is a new one: the first person's may have expired", async () => {
    const pair = await createPair();
    const merge = await request(pair);
    await changePatient(pair.patientId, { expireMergeTokens: true });
    expect(await approve(merge)).toMatchObject({ state: "merged" });
  });

  it("the person who requested never counts, in another session or with an API key they created", async () => {
    const merge = await request(await createPair());
    const otherSession = await tenant.asOwner();
    const keyId = randomUUID();
    await sql`
      insert into api_keys (tenant_id, environment, id, name, token_hash, last_four, permissions, created_by)
      values (${requester.tenantId}, 'sandbox', ${keyId}, 'Server', ${Buffer.from(keyId)}, '0000',
        ${["patients.merge"]}, ${tenant.owner.id})`;
    const withKey: TenantContext = {
      ...requester,
      actor: { kind: "server", apiKeyId: keyId, name: "Server", permissions: ["patients.merge"] },
    };
    for (const ctx of [requester, otherSession, withKey]) {
      await expect(previewMergeForDecision(ctx, { mergeId: merge.id })).rejects.toThrow(
        "another person must decide",
      );
      await expect(
        approveMerge(ctx, { mergeId: merge.id, previewFingerprint: "0".repeat(64) }),
      ).rejects.toThrow("another person must decide");
      await expect(refuseMerge(ctx, { mergeId: merge.id, reason: "Not sure" })).rejects.toThrow(
        "another person must decide",
      );
    }
    expect(await countMerges()).toBe(0);
  });

  it("only people with the permission can decide, and another organisation does not find it", async () => {
    const merge = await request(await createPair());
    const operator = await tenant.asRole("operator");
    const input = { mergeId: merge.id, previewFingerprint: "0".repeat(64) };
    await expect(approveMerge(operator, input)).rejects.toThrow(ForbiddenError);
    await expect(getMerge(operator, input)).rejects.toThrow(ForbiddenError);
    for (const call of [approveMerge, previewMergeForDecision, getMerge, withdrawMerge]) {
      await expect(call(foreign, input)).rejects.toThrow(NotFoundError);
    }
    expect(await getMerge(approver, input)).toMatchObject({
      state: "waiting",
      isOwnRequest: false,
    });
  });

  it("a refusal keeps its reason, and nothing can be decided after it", async () => {
    const merge = await request(await createPair());
    const reason = "They are brothers";
    expect(await refuseMerge(approver, { mergeId: merge.id, reason })).toMatchObject({
      state: "refused",
      refusalReason: reason,
      decidedBy: "admin person",
    });
    const input = { mergeId: merge.id, previewFingerprint: "0".repeat(64) };
    await expect(approveMerge(approver, input)).rejects.toThrow("already refused");
    await expect(withdrawMerge(requester, input)).rejects.toThrow("already refused");
    expect(await listActions(merge.id)).toEqual(["Requested a merge", "Refused a merge"]);
    const [audit] = await sql`select count(*)::int as count from audit_events
      where details::text like ${`%${reason}%`}`;
    expect(audit?.count).toBe(0);
  });

  it("only the person who requested can withdraw", async () => {
    const merge = await request(await createPair());
    await expect(withdrawMerge(approver, { mergeId: merge.id })).rejects.toThrow(
      "Only the person who requested",
    );
    expect(await withdrawMerge(requester, { mergeId: merge.id })).toMatchObject({
      state: "withdrawn",
    });
    await expect(
      approveMerge(approver, { mergeId: merge.id, previewFingerprint: "0".repeat(64) }),
    ).rejects.toThrow("withdrawn");
  });

  it("an expired request cannot be approved, and the records can be requested again", async () => {
    const pair = await createPair();
    const merge = await request(pair);
    const waiting = (await summariseMerges(approver)).waitingForYou;
    await sql`update approvals set expires_at = now() - interval '1 second'
      where id = (select approval_id from patient_merges where id = ${merge.id})`;
    expect(await getMerge(approver, { mergeId: merge.id })).toMatchObject({ state: "expired" });
    expect((await summariseMerges(approver)).waitingForYou).toBe(waiting - 1);
    await expect(previewMergeForDecision(approver, { mergeId: merge.id })).rejects.toThrow(
      "expired",
    );
    expect(await request(pair)).toMatchObject({ state: "waiting" });
  });

  it("c32: records that changed since the request cannot be merged", async () => {
    const pair = await createPair();
    const merge = await request(pair);
    const { previewFingerprint } = await compare(approver, pair);
    for (const id of [pair.patientId, pair.otherPatientId]) {
      await changePatient(id, { lastName: "Upton-Hale" });
    }
    expect(await previewMergeForDecision(approver, { mergeId: merge.id })).toMatchObject({
      outcome: "refused",
      code: "records_changed",
    });
    await expect(approveMerge(approver, { mergeId: merge.id, previewFingerprint })).rejects.toThrow(
      ConflictError,
    );
    expect(await countMerges()).toBe(0);
    expect(await getMerge(approver, { mergeId: merge.id })).toMatchObject({ state: "waiting" });
  });

  it("a death that was recorded since the request stops the merge", async () => {
    const pair = await createPair();
    const merge = await request(pair);
    const { previewFingerprint } = await compare(approver, pair);
    await changePatient(pair.otherPatientId, { deceasedOn: "2026-11-01" });
    await expect(approveMerge(approver, { mergeId: merge.id, previewFingerprint })).rejects.toThrow(
      "has died",
    );
    expect(await countMerges()).toBe(0);
  });

  it("one merge is sent when two people approve at once and one of them presses twice", async () => {
    const pair = await createPair();
    const merge = await request(pair);
    const third = await tenant.asRole("admin");
    const results = await Promise.allSettled([
      approve(merge),
      approve(merge),
      approve(merge, third),
    ]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await countMerges()).toBe(1);
    expect(await getMerge(requester, { mergeId: merge.id })).toMatchObject({ state: "merged" });
  });

  it("one of two opposite merges in two organisations happens", async () => {
    const pair = await createPair();
    const opposite = {
      practiceId: otherPracticeId,
      patientId: pair.otherPatientId,
      otherPatientId: pair.patientId,
    };
    const own = await request(pair);
    const others = await request(opposite, foreign);
    const results = await Promise.allSettled([approve(own), approve(others, foreignApprover)]);
    expect(results.some(({ status }) => status === "fulfilled")).toBe(true);
    const sent = await listHeroCalls(apiKey, "mergePatient");
    expect(sent.filter(({ status }) => status === 200)).toHaveLength(1);
    const [count] = await sql`select count(*)::int as count from patient_merges
      where id in (${own.id}, ${others.id}) and outcome in ('accepted', 'unknown', 'pending')`;
    expect(count?.count).toBe(0);
  });

  it("a merge works where Hero exchanges the two records and answers the old ID with nothing", async () => {
    const elsewhere = await createTenant();
    const practice = await getSandboxPractice(practiceGroupId, "a");
    const key = inDialect(practice.apiKey, "second");
    const connected = await elsewhere.connect({ practiceGroupId, apiKey: key });
    const pair = { ...(await createPair()), practiceId: connected.id };
    const second = await elsewhere.asRole("admin");
    expect(await approve(await request(pair, await elsewhere.asOwner()), second)).toMatchObject({
      state: "merged",
      survivorPatientId: pair.patientId,
    });
  });

  it("a list has the newest merge first", async () => {
    const first = await request(await createPair());
    const second = await request(await createPair());
    const { items } = await listMerges(approver, { limit: 2 });
    expect(items.map(({ id }) => id)).toEqual([second.id, first.id]);
    const { items: next } = await listMerges(approver, { limit: 1, cursor: second.id });
    expect(next.map(({ id }) => id)).toEqual([first.id]);
    expect((await listMerges(foreign, { limit: 100 })).items.map(({ id }) => id)).not.toContain(
      first.id,
    );
  });
});

describe("a merge whose reply is lost", () => {
  it.each([
    ["the connection is lost after Hero merged", { reset: true, afterWork: true }],
    ["Hero fails after it merged", { status: 502, afterWork: true }],
    ["the reply is not readable", { malformed: true, afterWork: true }],
  ] as const)("both records are read when %s", async (_, fault) => {
    const pair = await createPair();
    const merge = await request(pair);
    await injectFault({ operation: "mergePatient", key: apiKey, times: 1, ...fault });
    expect(await approve(merge)).toMatchObject({ state: "merged", failure: null });
    expect(await countMerges()).toBe(1);
  });

  it("a merge is unknown while reading shows two records, and stays so until reading proves it", async () => {
    const pair = await createPair();
    const merge = await request(pair);
    await injectFault({ operation: "mergePatient", key: apiKey, times: 1, reset: true });
    expect(await approve(merge)).toMatchObject({
      state: "unknown",
      failure: expect.stringContaining("may still happen"),
    });
    await expect(request(pair)).rejects.toThrow("already a merge");
    expect(await resolveMerge(approver, { mergeId: merge.id })).toMatchObject({ state: "unknown" });
    // The practice merges them in Hero.
    await changePatient(pair.otherPatientId, {
      mergedInto: { patientId: pair.patientId, reply: "empty_list" },
    });
    expect(await resolveMerge(approver, { mergeId: merge.id })).toMatchObject({ state: "merged" });
    await expect(resolveMerge(approver, { mergeId: merge.id })).rejects.toThrow("already known");
    expect(await countMerges()).toBe(1);
  });

  it("two records that are still separate a day later were not merged, and can be requested again", async () => {
    const pair = await createPair();
    const merge = await request(pair);
    await injectFault({ operation: "mergePatient", key: apiKey, times: 1, reset: true });
    await approve(merge);
    const inADay = new Date(Date.now() + 25 * 3_600_000);
    expect(await resolveMerge(approver, { mergeId: merge.id }, inADay)).toMatchObject({
      state: "failed",
      failure: expect.stringContaining("They were not merged"),
    });
    expect(await request(pair)).toMatchObject({ state: "waiting" });
    expect(await countMerges()).toBe(1);
  });

  it("a merge that Hero accepts and does not show yet is accepted, and the job resolves it", async () => {
    const pair = await createPair("slow_to_show");
    const merge = await request(pair);
    expect(await approve(merge)).toMatchObject({ state: "accepted", failure: null });
    const ids = [pair.patientId, pair.otherPatientId];
    for (const id of ids) await changePatient(id, { showsChanges: true });
    await runJobs("refresh-links");
    const { tenantId } = requester;
    await enqueue("refresh-links", { tenantId, environment: "sandbox", practiceId });
    await runJobs("refresh-links");
    expect(await getMerge(requester, { mergeId: merge.id })).toMatchObject({ state: "merged" });
    expect(await countMerges()).toBe(1);
  });

  it("a merge that Hero refuses has failed, and the two records can be requested again", async () => {
    const pair = await createPair();
    const merge = await request(pair);
    await injectFault({ operation: "mergePatient", key: apiKey, times: 1, status: 409 });
    expect(await approve(merge)).toMatchObject({
      state: "failed",
      failure: expect.stringContaining("The records were not merged"),
    });
    expect(await request(pair)).toMatchObject({ state: "waiting" });
  });

  it("an interrupted merge is unknown after two minutes, and is resolved without sending it again", async () => {
    const pair = await createPair();
    const merge = await request(pair);
    await sql`update approvals set decision = 'approved', decided_at = now(),
        decided_by = ${approver.actor.kind === "person" ? approver.actor.userId : ""}
      where id = (select approval_id from patient_merges where id = ${merge.id})`;
    await sql`update patient_merges set outcome = 'pending', sent_at = now() where id = ${merge.id}`;
    expect(await getMerge(approver, { mergeId: merge.id })).toMatchObject({ state: "pending" });
    await expect(resolveMerge(approver, { mergeId: merge.id })).rejects.toThrow(ConflictError);
    await sql`update patient_merges set sent_at = now() - interval '3 minutes' where id = ${merge.id}`;
    expect(await getMerge(approver, { mergeId: merge.id })).toMatchObject({
      state: "unknown",
      failure: expect.stringContaining("stopped"),
    });
    expect(await resolveMerge(approver, { mergeId: merge.id })).toMatchObject({ state: "unknown" });
    expect(await countMerges()).toBe(0);
    await changePatient(pair.otherPatientId, {
      mergedInto: { patientId: pair.patientId, reply: "other_id" },
    });
    expect(await resolveMerge(approver, { mergeId: merge.id })).toMatchObject({ state: "merged" });
  });
});
