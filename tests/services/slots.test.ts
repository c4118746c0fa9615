import { beforeAll, describe, expect, it } from "vitest";
import { ForbiddenError, NotFoundError } from "@/server/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { countSlotsInput } from "@/server/schemas/slots";
import { getBookingOptions } from "@/server/services/practices/read";
import { countSlots } from "@/server/services/slots";
import type { TenantContext } from "@/server/tenancy/context";
import { getSandboxPractice, injectFault, listHeroCalls } from "../support/hero";
import { createTenantPair, firstBookingChoice } from "../support/tenants";

let operator: TenantContext;
let viewer: TenantContext;
let otherCtx: TenantContext;
let practiceId: string;
let apiKey: string;
let choice: { appointmentTypeId: string; locationId: string };

const today = ukDateOf(new Date());

beforeAll(async () => {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice("20690", "c");
  ({ apiKey } = practice);
  practiceId = (await tenants.first.connect(practice)).id;
  operator = await tenants.first.asRole("operator");
  viewer = await tenants.first.asRole("viewer");
  otherCtx = await tenants.second.asOwner();
  choice = await firstBookingChoice(operator, practiceId);
});

const count = (overrides: Record<string, string> = {}) =>
  countSlots(operator, countSlotsInput.parse({ practiceId, ...choice, ...overrides }));

describe("counting free slots", () => {
  it("free slots are counted between the dates, inclusive", async () => {
    const days = Array.from({ length: 7 }, (_, index) => addDays(today, index + 1));
    const counts = await Promise.all(
      days.map(async (day) => (await count({ slotsFrom: day, slotsTo: day })).count),
    );
    const week = await count({ slotsFrom: days[0] ?? "", slotsTo: days[6] ?? "" });
    expect(week.count).toBe(counts.reduce((sum, dayCount) => sum + dayCount, 0));
    expect(week.count).toBeGreaterThan(0);
    expect((await count()).count).toBeGreaterThan(week.count);
    expect((await count({ slotsFrom: addDays(today, 200) })).count).toBe(0);
    expect(Math.abs(Date.now() - Date.parse(week.countedAt))).toBeLessThan(5000);
  });

  it("free slots are counted for one practitioner when one is selected", async () => {
    const { practitioners } = await getBookingOptions(operator, { practiceId });
    const counts = await Promise.all(
      practitioners.map(async ({ id }) => (await count({ practitionerId: id })).count),
    );
    expect(counts.reduce((sum, dayCount) => sum + dayCount, 0)).toBe((await count()).count);
  });

  it("a viewer and another tenant get no count, and nothing is sent", async () => {
    const calls = (await listHeroCalls(apiKey)).length;
    const input = countSlotsInput.parse({ practiceId, ...choice });
    await expect(countSlots(viewer, input)).rejects.toThrow(ForbiddenError);
    await expect(countSlots(otherCtx, input)).rejects.toThrow(NotFoundError);
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });

  it("free slots are not estimated when Hero cannot count them", async () => {
    await injectFault({ operation: "countSlots", key: apiKey, status: 403 });
    await expect(count()).rejects.toMatchObject({ code: "forbidden" });
  });
});
