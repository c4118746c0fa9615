import { describe, expect, it } from "vitest";
import * as account from "@/server/schemas/account";
import * as activity from "@/server/schemas/activity";
import { addDays } from "@/server/schemas/dates";
import * as linkInputs from "@/server/schemas/links/inputs";
import * as linkLists from "@/server/schemas/links/list";
import * as practices from "@/server/schemas/practices";
import { proposeSlug } from "@/server/schemas/propose-slug";
import { today, id, token } from "./invalid-inputs";
import { inputs } from "./input-table";

describe("accepted values", () => {
  const name = (text: string) =>
    account.signUpInput.safeParse({ name: text, email: "a@b.example", password: "twelve chars" });

  it.each([
    ["  Pat   Person ", "Pat   Person"],
    ["Zoe\u0308", "Zo\u00eb"],
    ["שרה כהן", "שרה כהן"],
    ["محمد", "محمد"],
    ["👩🏽‍⚕️ Practice", "👩🏽‍⚕️ Practice"],
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
    ["=HYPERLINK(1)", "=HYPERLINK(1)"],
    ["Robert'); drop table links;--", "Robert'); drop table links;--"],
    ["a".repeat(80), "a".repeat(80)],
    ["𝒫".repeat(80), "𝒫".repeat(80)],
  ])("%j is accepted as a name", (text, normalized) => {
    expect(name(text).data?.name).toBe(normalized);
  });

  it("a password is accepted exactly as typed", () => {
    const password = "  spaces \u00a0 and 🙂  ";
    const input = { token, password };
    expect(account.resetPasswordInput.parse(input).password).toBe(password);
    expect(account.resetPasswordInput.safeParse({ token, password: "a".repeat(200) }).success).toBe(
      true,
    );
  });

  it("empty nicknames and selections become null, and counts become numbers", () => {
    const parsed = inputs.createBookingLinkInput?.schema.parse(inputs.createBookingLinkInput.valid);
    expect(parsed).toMatchObject({ appointmentTypeId: "101", maxUses: 5 });
    expect(parsed).toMatchObject({ practitionerId: undefined, patientId: undefined });
    expect(practices.renamePracticeInput.parse({ practiceId: id, nickname: " \t" }).nickname).toBe(
      undefined,
    );
    expect(linkLists.listLinksInput.parse({})).toEqual({ limit: 25 });
    expect(activity.listActivityInput.parse({})).toEqual({ limit: 50 });
  });
});

describe("a suggested short name", () => {
  it.each([
    ["Acme Health Ltd", "acme-health-ltd"],
    ["  Ünïcode & Söhne  ", "unicode-sohne"],
    ["3rd Way Care", "rd-way-care"],
    ["!!!", ""],
    ["שלום", ""],
    [`${"long ".repeat(20)}`, "long-long-long-long-long-long-long-long"],
  ])("a short name is suggested for %j", (text, expected) => {
    expect(proposeSlug(text)).toBe(expected);
  });
});

describe("the dates of a link", () => {
  const window = (overrides: Record<string, unknown>) => {
    const valid = { linkId: id, expiresOn: addDays(today, 7), maxUses: 1 };
    const parsed = linkInputs.updateLinkInput.safeParse({ ...valid, ...overrides });
    return (parsed.error?.issues ?? []).map((issue) => issue.path.join("."));
  };

  it.each([
    ["ends today", { expiresOn: today }, []],
    ["ended yesterday", { expiresOn: addDays(today, -1) }, ["expiresOn"]],
    ["ends in two years", { expiresOn: addDays(today, 731) }, []],
    ["ends later than that", { expiresOn: addDays(today, 732) }, ["expiresOn"]],
    ["has its last day today", { slotsTo: today }, []],
    ["has its last day behind it", { slotsTo: addDays(today, -1) }, ["slotsTo"]],
    ["began before today", { slotsFrom: addDays(today, -30) }, []],
    ["is one day long", { slotsFrom: addDays(today, 3), slotsTo: addDays(today, 3) }, []],
    [
      "ends before it begins",
      { slotsFrom: addDays(today, 3), slotsTo: addDays(today, 2) },
      ["slotsTo"],
    ],
    ["begins on its last day", { slotsFrom: addDays(today, 7) }, []],
    ["begins after it ends", { slotsFrom: addDays(today, 8) }, ["slotsFrom"]],
    [
      "ends before it begins, with nothing else filled in",
      { slotsFrom: addDays(today, 3), slotsTo: addDays(today, 2), maxUses: "" },
      ["maxUses", "slotsTo"],
    ],
    ["allows one booking", { maxUses: 1 }, []],
    ["allows ten thousand", { maxUses: 10_000 }, []],
  ])("a link that %s", (_, overrides, fields) => {
    expect(window(overrides)).toEqual(fields);
  });

  it("a link may start and end on any days of a year, across clock changes", () => {
    for (let day = 1; day < 366; day += 1) {
      const slotsFrom = addDays(today, day);
      const expiresOn = addDays(today, day + 1);
      expect(window({ slotsFrom, slotsTo: expiresOn, expiresOn })).toEqual([]);
      expect(window({ slotsFrom: expiresOn, slotsTo: slotsFrom, expiresOn })).toEqual(["slotsTo"]);
    }
  });

  it("every wrong field is named at once", () => {
    const errors = window({ expiresOn: addDays(today, -1), slotsTo: addDays(today, -2) });
    expect(errors.sort()).toEqual(["expiresOn", "slotsTo"]);
  });
});

describe("a practice group ID", () => {
  const parsed = (text: string) => practices.practiceGroupId.safeParse(text);

  it.each([
    [" 12", "12"],
    ["12\n", "12"],
    ["012", "012"],
    ["kingsway-31", "kingsway-31"],
    ["A_b-9", "A_b-9"],
    ["a".repeat(64), "a".repeat(64)],
  ])("c2: practice group ID %j is read as %j", (text, normalized) => {
    expect(parsed(text).data).toBe(normalized);
  });

  it("c2: a practice group ID has only ASCII letters, digits, dashes and underscores", () => {
    const allowed: string[] = [];
    for (let code = 0; code < 0x1_0000; code++) {
      const character = String.fromCharCode(code);
      if (parsed(`1${character}2`).success) allowed.push(character);
    }
    expect(allowed.join("")).toBe(
      "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
    );
    expect(parsed("1😀2").success).toBe(false);
  });
});
