import { beforeEach, describe, expect, it } from "vitest";
import { ConflictError, ForbiddenError } from "@/server/errors";
import type { ChangePracticeDetailsInput } from "@/server/schemas/practices";
import { disconnectPractice } from "@/server/services/practices/change";
import { connectPractice } from "@/server/services/practices/connect";
import { getPractice } from "@/server/services/practices/read";
import { changePracticeDetails, getPracticeSettings } from "@/server/services/practices/settings";
import {
  getSandboxPractice,
  inDialect,
  injectFault,
  listHeroCalls,
  type Fault,
} from "../../support/hero";
import { ctx, errorOf, listActions, superuser, tenant } from "./support";

// Its name and address change here, which no other file reads.
const practiceGroupId = "30297";

let apiKey: string;
let practiceId: string;

async function connect(dialect?: string) {
  const practice = await getSandboxPractice(practiceGroupId, "a");
  apiKey = dialect ? inDialect(practice.apiKey, dialect) : practice.apiKey;
  practiceId = (await connectPractice(ctx, { practiceGroupId, apiKey })).id;
}

beforeEach(() => connect());

const readDetails = async () => (await getPracticeSettings(ctx, { practiceId })).details;

/** The form as it is sent: everything as it was read, with some of it changed. */
async function changeOf(
  changes: Partial<ChangePracticeDetailsInput>,
): Promise<ChangePracticeDetailsInput> {
  const details = await readDetails();
  const values = Object.entries(details).map(([name, value]) => [name, value ?? undefined]);
  return { practiceId, ...Object.fromEntries(values), ...changes };
}

const newText = () => `Quay ${Math.random().toString(36).slice(2, 10)}`;

const patches = () => listHeroCalls(apiKey, "updatePracticeGroup");
const lose = (fault: Partial<Fault>) =>
  injectFault({ operation: "updatePracticeGroup", key: apiKey, ...fault });

describe("a practice's settings", () => {
  it("settings are read from Hero, without secrets", async () => {
    const { details, settings, settingsProblem } = await getPracticeSettings(ctx, { practiceId });
    expect(settings).toContainEqual({ path: ["booking", "hold_minutes"], value: 15 });
    expect(settingsProblem).toBeNull();
    expect(details.line1).not.toBeNull();
    expect(JSON.stringify({ details, settings })).not.toMatch(/canary|password|credential/i);
  });

  it("settings that Hero refuses leave name and address readable", async () => {
    await injectFault({ operation: "getConfiguration", key: apiKey, status: 403 });
    const { details, settings, settingsProblem } = await getPracticeSettings(ctx, { practiceId });
    expect(settings).toBeNull();
    expect(settingsProblem).toBe("Hero does not allow this key to do that for this practice.");
    expect(details.name).not.toBe("");
    const { capabilityChecks } = await getPractice(ctx, { practiceId });
    expect(capabilityChecks).toContainEqual(
      expect.objectContaining({ capability: "configuration", isAvailable: false }),
    );
  });
});

describe("changing a practice's name and address", () => {
  it("a change is sent once, read back, saved and audited by field names only", async () => {
    const name = newText();
    const line2 = newText();
    const result = await changePracticeDetails(ctx, await changeOf({ name, line2 }));
    expect(result).toMatchObject({ outcome: "saved", details: { name, line2 }, notSaved: [] });
    expect(await readDetails()).toEqual(result.details);
    expect((await getPractice(ctx, { practiceId })).name).toBe(name);
    expect(await patches()).toHaveLength(1);
    const audit = await superuser<{ action: string; details: unknown }[]>`
      select action, details from audit_events
      where tenant_id = ${ctx.tenantId} and action like 'practice.settings%' order by id`;
    expect(audit.map(({ action, details }) => [action, details])).toEqual([
      ["practice.settings_change_requested", { fields: "name, line2" }],
      ["practice.settings_changed", { fields: "name, line2" }],
    ]);
  });

  it("nothing but the name and the lines of the address leaves the portal", async () => {
    const more = {
      ...(await changeOf({ name: newText() })),
      prescription_partner_credentials: { email: "a@b.example", password: "canary" },
      prescription_partner: "none",
      sector: "private",
    };
    await changePracticeDetails(ctx, more);
    expect((await patches()).map(({ bodyFields }) => bodyFields)).toEqual([["name"]]);
    await changePracticeDetails(ctx, await changeOf({ town: newText() }));
    expect((await patches())[1]?.bodyFields.sort()).toEqual([
      "address.county",
      "address.line_1",
      "address.line_2",
      "address.line_3",
      "address.postcode",
      "address.town",
    ]);
  });

  it("values that did not change are not sent", async () => {
    expect(await changePracticeDetails(ctx, await changeOf({}))).toMatchObject({
      outcome: "saved",
    });
    expect(await patches()).toEqual([]);
  });

  it("a line is removed by leaving it blank", async () => {
    await changePracticeDetails(ctx, await changeOf({ line3: newText() }));
    const result = await changePracticeDetails(ctx, await changeOf({ line3: undefined }));
    expect(result).toMatchObject({ outcome: "saved", details: { line3: null } });
  });

  it("the second of two owners sees what the first changed, and nothing of theirs is sent", async () => {
    const [first, second] = [await changeOf({ name: newText() }), await changeOf({ town: "Ham" })];
    await changePracticeDetails(ctx, first);
    const other = await tenant.asRole("owner");
    const result = await changePracticeDetails(other, second);
    expect(result).toMatchObject({ outcome: "changed_since", details: { name: first.name } });
    expect(result.details?.town).not.toBe("Ham");
    expect(await patches()).toHaveLength(1);
    const version = result.details?.version ?? "";
    const again = { ...second, name: first.name, version };
    expect(await changePracticeDetails(other, again)).toMatchObject({ outcome: "saved" });
  });

  it("only one of two simultaneous changes is sent", async () => {
    const changes = [await changeOf({ town: newText() }), await changeOf({ town: newText() })];
    await lose({ delayMs: 1200 });
    const results = await Promise.all(
      changes.map((change) => errorOf(changePracticeDetails(ctx, change))),
    );
    const isRefused = (result: unknown) => result instanceof ConflictError;
    expect(results.filter(isRefused)).toHaveLength(1);
    expect(await patches()).toHaveLength(1);
    // The right to change it ends with the change.
    expect(await changePracticeDetails(ctx, await changeOf({ town: newText() }))).toMatchObject({
      outcome: "saved",
    });
  });

  it("a change whose reply was lost is read back: Hero made it", async () => {
    const name = newText();
    const change = await changeOf({ name });
    await lose({ reset: true, afterWork: true });
    expect(await changePracticeDetails(ctx, change)).toMatchObject({
      outcome: "saved",
      details: { name },
    });
    expect(await patches()).toHaveLength(1);
  });

  it("a change whose request was lost is unknown, and is not sent again", async () => {
    const change = await changeOf({ name: newText() });
    await lose({ reset: true });
    const result = await changePracticeDetails(ctx, change);
    expect(result).toMatchObject({ outcome: "unknown", notSaved: ["name"] });
    expect(result.details?.version).toBe(change.version);
    expect(await patches()).toHaveLength(1);
    expect(await listActions()).toContain("No proof from Hero of a change of the practice");
  });

  it("a change that cannot be read back is not known", async () => {
    const change = await changeOf({ name: newText() });
    // The read before the change succeeds.
    await lose({ delayMs: 1200 });
    const changing = changePracticeDetails(ctx, change);
    await expect.poll(async () => (await patches()).length).toBe(1);
    await injectFault({ operation: "getPracticeGroupById", key: apiKey, status: 500, times: 9 });
    expect(await changing).toEqual({ outcome: "unknown", details: null, notSaved: [] });
  });

  it("a refused change throws, and the practice keeps its name", async () => {
    const before = await readDetails();
    const change = await changeOf({ name: newText() });
    await lose({ status: 403 });
    expect(await errorOf(changePracticeDetails(ctx, change))).toMatchObject({ code: "forbidden" });
    expect(await readDetails()).toEqual(before);
    expect(await listActions()).toContain(
      "Requested a change of the practice that Hero did not make",
    );
  });

  it("a name that Hero accepts and does not change is reported, with the rest saved", async () => {
    await disconnectPractice(ctx, { practiceId });
    await connect("second");
    const town = newText();
    const result = await changePracticeDetails(ctx, await changeOf({ name: newText(), town }));
    expect(result).toMatchObject({
      outcome: "saved_in_part",
      notSaved: ["name"],
      details: { town },
    });
  });

  it("c15: nobody but an owner can change it, and nothing is read or sent", async () => {
    const change = await changeOf({ name: newText() });
    const calls = (await listHeroCalls(apiKey)).length;
    for (const role of ["admin", "developer", "operator", "viewer", "auditor"] as const) {
      const context = await tenant.asRole(role);
      expect(await errorOf(changePracticeDetails(context, change))).toBeInstanceOf(ForbiddenError);
    }
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });
});
