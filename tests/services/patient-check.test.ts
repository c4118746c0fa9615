import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { ForbiddenError, InvalidInputError, NotFoundError } from "@/server/errors";
import { environment as environmentSchema, type Environment } from "@/server/schemas/environments";
import { type Role, roles } from "@/server/schemas/permissions";
import {
  type PatientAction,
  patientActions,
  requireAllowedPatient,
} from "@/server/services/patients/check";
import { loadPracticeWithKey } from "@/server/services/practices/load-with-key";
import { resetRateLimit } from "@/server/services/rate-limits";
import { actorId, type TenantContext } from "@/server/tenancy/context";
import {
  changePatient,
  createPatientCase,
  getSandboxPractice,
  injectPatient,
  listHeroCalls,
} from "../support/hero";
import { createTenant } from "../support/tenants";

const practiceGroupId = "20533";
const environments = environmentSchema.options;
const contexts = new Map<string, TenantContext>();
let practiceId: string;
let apiKey: string;

beforeAll(async () => {
  const tenant = await createTenant();
  const practice = await getSandboxPractice(practiceGroupId, "a");
  ({ apiKey } = practice);
  practiceId = (await tenant.connect(practice)).id;
  for (const role of roles) {
    for (const environment of environments) {
      contexts.set(`${role}/${environment}`, await tenant.asRole(role, environment));
    }
  }
});

function contextOf(role: Role, environment: Environment): TenantContext {
  const ctx = contexts.get(`${role}/${environment}`);
  if (!ctx) throw new Error("No such context.");
  return ctx;
}

/** What every service does before it acts for a patient. */
async function act(
  ctx: TenantContext,
  patientId: string,
  action: PatientAction,
  confirmedRestricted?: boolean,
): Promise<string> {
  try {
    const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
    await requireAllowedPatient(ctx, practice, patientId, action, confirmedRestricted);
    return "allowed";
  } catch (error) {
    if (error instanceof ForbiddenError) return "forbidden";
    if (error instanceof NotFoundError) return "not found";
    if (error instanceof InvalidInputError) {
      return error.field === "patientId" ? "refused" : "needs confirmation";
    }
    throw error;
  } finally {
    await resetRateLimit("patient-look-up", `${ctx.tenantId}/${actorId(ctx)}`);
  }
}

const everything: Record<PatientAction, string> = {
  invite: "allowed",
  message: "allowed",
  use_element: "allowed",
  book: "allowed",
  connect: "allowed",
  merge: "allowed",
  share_file: "allowed",
};
const nothing: Record<PatientAction, string> = {
  invite: "refused",
  message: "refused",
  use_element: "refused",
  book: "refused",
  connect: "refused",
  merge: "refused",
  share_file: "refused",
};

/** For an owner, who has every permission. */
const expectedByState: Record<string, Record<PatientAction, string>> = {
  found: everything,
  not_in_ehr: everything,
  deceased: nothing,
  archived: nothing,
  restricted: {
    invite: "refused",
    message: "refused",
    use_element: "refused",
    book: "needs confirmation",
    connect: "allowed",
    merge: "refused",
    share_file: "refused",
  },
  merged_elsewhere: nothing,
  merged_elsewhere_empty: nothing,
  unknown: nothing,
};

const yes = {
  invite: true,
  message: true,
  use_element: true,
  book: true,
  connect: true,
  merge: true,
  share_file: true,
};
const no = {
  invite: false,
  message: false,
  use_element: false,
  book: false,
  connect: false,
  merge: false,
  share_file: false,
};
const expectedByRole: Record<Role, Record<PatientAction, boolean>> = {
  owner: yes,
  admin: yes,
  developer: { ...yes, merge: false },
  operator: { ...yes, merge: false },
  viewer: no,
  auditor: no,
};
const rolesThatBookRestricted: readonly Role[] = ["owner", "admin"];

function expectedOutcome(
  role: Role,
  action: PatientAction,
  environment: Environment,
  state: string,
): string | undefined {
  if (environment !== "sandbox") return "not found";
  if (!expectedByRole[role][action]) return "forbidden";
  const outcome = expectedByState[state]?.[action];
  return outcome === "needs confirmation" && !rolesThatBookRestricted.includes(role)
    ? "forbidden"
    : outcome;
}

async function createPatient(state: string): Promise<string> {
  if (state === "unknown") return "99999999";
  const { patients } = await createPatientCase(practiceGroupId, state);
  return patients[0]?.patientId ?? "";
}

describe("c15: role × action × environment × patient state", () => {
  it.each(Object.keys(expectedByState))("what may be done for a patient: %s", async (state) => {
    const patientId = await createPatient(state);
    const expected: Record<string, string | undefined> = {};
    const actual: Record<string, string> = {};
    for (const role of roles) {
      for (const environment of environments) {
        for (const action of patientActions) {
          const cell = `${role} ${action} ${environment}`;
          expected[cell] = expectedOutcome(role, action, environment, state);
          actual[cell] = await act(contextOf(role, environment), patientId, action);
        }
      }
    }
    expect(actual).toEqual(expected);
  });

  it("a confirmed booking for a restricted patient needs its own permission, and is the only act", async () => {
    const patientId = await createPatient("restricted");
    const outcomes: Record<string, string> = {};
    for (const role of roles) {
      outcomes[role] = await act(contextOf(role, "sandbox"), patientId, "book", true);
    }
    expect(outcomes).toEqual({
      owner: "allowed",
      admin: "allowed",
      developer: "forbidden",
      operator: "forbidden",
      viewer: "forbidden",
      auditor: "forbidden",
    });
    for (const action of ["invite", "message", "use_element", "merge", "share_file"] as const) {
      expect(await act(contextOf("owner", "sandbox"), patientId, action, true)).toBe("refused");
    }
  });

  it("nothing is sent for someone without the permission", async () => {
    const patientId = await createPatient("found");
    const calls = (await listHeroCalls(apiKey)).length;
    for (const action of patientActions) {
      expect(await act(contextOf("viewer", "sandbox"), patientId, action)).toBe("forbidden");
    }
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });
});

describe("a patient's state is read at every action", () => {
  it("a death blocks once it is recorded, and no longer once it is withdrawn", async () => {
    const patientId = await createPatient("found");
    const book = () => act(contextOf("operator", "sandbox"), patientId, "book");
    expect(await book()).toBe("allowed");
    await changePatient(patientId, { deceasedOn: "2026-01-05" });
    expect(await book()).toBe("refused");
    await changePatient(patientId, { deceasedOn: null });
    expect(await book()).toBe("allowed");
  });

  it("a restricted patient who has died or is archived cannot be booked by confirming", async () => {
    const patientId = await createPatient("restricted");
    const owner = contextOf("owner", "sandbox");
    await changePatient(patientId, { isArchived: true });
    expect(await act(owner, patientId, "book", true)).toBe("refused");
    await changePatient(patientId, { isArchived: false, deceasedOn: "2026-01-05" });
    expect(await act(owner, patientId, "book", true)).toBe("refused");
  });

  it("A1: a record without an answer allows no action", async () => {
    const patientId = await createPatient("found");
    for (const action of patientActions) {
      await injectPatient({ key: apiKey }, { id: patientId, restricted: undefined });
      await expect(act(contextOf("owner", "sandbox"), patientId, action)).rejects.toThrow(
        "We could not check this patient.",
      );
    }
  });
});
