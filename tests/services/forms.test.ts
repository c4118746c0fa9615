import { beforeAll, describe, expect, it } from "vitest";
import { NotFoundError } from "@/server/errors";
import { HeroError } from "@/server/hero/errors";
import { listFormsInput } from "@/server/schemas/forms";
import { getForm, listForms } from "@/server/services/forms";
import { getPractice } from "@/server/services/practices/read";
import type { TenantContext } from "@/server/tenancy/context";
import { getSandboxPractice, injectFault, listHeroCalls } from "../support/hero";
import { createTenantPair } from "../support/tenants";

let viewer: TenantContext;
let otherCtx: TenantContext;
let practiceId: string;
let apiKey: string;

beforeAll(async () => {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice("20690", "b");
  ({ apiKey } = practice);
  practiceId = (await tenants.first.connect(practice)).id;
  viewer = await tenants.first.asRole("viewer");
  otherCtx = await tenants.second.asOwner();
});

describe("a practice's forms", () => {
  it("forms are listed as Hero lists them, with search and type", async () => {
    const all = await listForms(viewer, { practiceId });
    expect(all.map(({ title }) => title)).toContain("Asthma control questionnaire");
    expect(all.filter(({ isReplyForm }) => isReplyForm)).toHaveLength(1);
    const found = await listForms(viewer, {
      practiceId,
      search: "asthma",
      formType: "questionnaire",
    });
    expect(found).toMatchObject([{ patientTitle: "How is your asthma?", snomedCode: "184147002" }]);
    expect(await listForms(viewer, { practiceId, search: "no such words" })).toEqual([]);
  });

  it("a form is shown with its questions in order", async () => {
    const [form] = await listForms(viewer, { practiceId, search: "asthma" });
    const view = await getForm(viewer, { practiceId, formId: form?.id ?? "" });
    expect(view).toMatchObject({ title: "Asthma control questionnaire", isReplyForm: null });
    expect(view.questions.map(({ label, isRequired }) => [label, isRequired])).toEqual([
      ["How often did asthma wake you in the last four weeks?", true],
      ["How often did you use your reliever inhaler?", false],
      ["Do you smoke?", false],
    ]);
  });

  it("another tenant finds no forms, and nothing is sent to Hero", async () => {
    const calls = (await listHeroCalls(apiKey)).length;
    await expect(listForms(otherCtx, { practiceId })).rejects.toThrow(NotFoundError);
    await expect(getForm(otherCtx, { practiceId, formId: "1" })).rejects.toThrow(NotFoundError);
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });

  it("a form that Hero does not have gets Hero's not found", async () => {
    const error = await getForm(viewer, { practiceId, formId: "999" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(HeroError);
    expect(error).toMatchObject({ code: "not_found" });
  });

  it("c30: forms cannot be searched by NHS number, which would appear in addresses", () => {
    expect(listFormsInput.safeParse({ practiceId, search: "999 000 0018" }).success).toBe(false);
  });

  it("when Hero rejects the list of forms, only that capability is marked", async () => {
    await injectFault({ operation: "listForms", key: apiKey, status: 403 });
    await expect(listForms(viewer, { practiceId })).rejects.toMatchObject({ code: "forbidden" });
    const { capabilityChecks, health } = await getPractice(viewer, { practiceId });
    expect(capabilityChecks.find(({ capability }) => capability === "forms")?.isAvailable).toBe(
      false,
    );
    expect(health).toBe("working");
  });
});
