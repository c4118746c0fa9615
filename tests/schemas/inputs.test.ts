import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as account from "@/server/schemas/account";
import * as activity from "@/server/schemas/activity";
import * as apiKeys from "@/server/schemas/api-keys";
import * as bulk from "@/server/schemas/bulk-uploads";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import * as elementSessions from "@/server/schemas/element-sessions";
import * as elements from "@/server/schemas/elements";
import * as forms from "@/server/schemas/forms";
import * as linkInputs from "@/server/schemas/links/inputs";
import * as linkLists from "@/server/schemas/links/list";
import * as organisations from "@/server/schemas/organisations";
import * as patients from "@/server/schemas/patients";
import * as placements from "@/server/schemas/placements";
import * as practices from "@/server/schemas/practices";
import { proposeSlug } from "@/server/schemas/propose-slug";
import * as slots from "@/server/schemas/slots";
import { defaultColours } from "@/server/schemas/theme";

const today = ukDateOf(new Date());
const id = randomUUID();
const token = "A".repeat(43);

/** Values that every field rejects. */
const nonStrings: unknown[] = [
  true,
  Number.NaN,
  [],
  {},
  [["a"]],
  { length: 1 },
  () => "a",
  Symbol("a"),
  10n,
  new Date(),
];
const missing: unknown[] = [undefined, null];
const blank: unknown[] = ["", " ", "\t\n", "\u00a0"];
const controls: unknown[] = [
  "a\u0000b",
  "a\nb",
  "a\r\nSet-Cookie: b=c",
  "a\tb",
  "a\u001b[31mb",
  "a\u007fb",
  "a\u0085b",
];
const lookAlikeTexts: unknown[] = [
  "\u202egnp.exe",
  "a\u202ab",
  "a\u2066b\u2069",
  "a\u200eb",
  "a\u200fb",
  "a\u061cb",
  "a\u200bb",
  "a\u2060b",
  "a\ufeffb",
  "a\u2028b",
];

const invalidLines = [
  ...nonStrings,
  7,
  ...controls,
  ...lookAlikeTexts,
  "a".repeat(81),
  "👩‍⚕️".repeat(81),
];
const invalidValues = {
  name: [...missing, ...blank, ...invalidLines],
  optionalName: invalidLines,
  rowId: [
    ...missing,
    ...blank,
    ...nonStrings,
    7,
    ...controls,
    "1",
    "not-an-id",
    `${id} `,
    `${id}\n`,
    id.slice(1),
    `{${id}}`,
    id.replace("-", ""),
    `${id}'--`,
    "../../etc/passwd",
  ],
  heroId: [
    ...missing,
    ...blank,
    ...nonStrings,
    7,
    ...controls,
    "a",
    "-1",
    "1.5",
    "1e3",
    "0x1",
    "1,2",
    "1 2",
    "1/../2",
    "1?x=1",
    "１２",
    "١٢",
    "1".repeat(21),
  ],
  email: [...missing, ...blank, ...nonStrings, 7, ...controls, ...lookAlikeTexts, "a", "a@b"],
  newPassword: [
    ...missing,
    "",
    ...nonStrings,
    123456789012,
    "short",
    "elevenchars",
    "👍".repeat(11),
    "a".repeat(201),
  ],
  submittedPassword: [...missing, "", ...nonStrings, 7, "a".repeat(1001)],
  token: [
    ...missing,
    ...blank,
    ...nonStrings,
    7,
    "short",
    `${token}A`,
    `${token.slice(1)}=`,
    `${token.slice(1)}\n`,
    `${token.slice(1)} `,
    `${token.slice(1)}é`,
  ],
  slug: [
    ...missing,
    ...blank,
    ...nonStrings,
    7,
    ...controls,
    ...lookAlikeTexts,
    "ab",
    "1ab",
    "-ab",
    "ab-",
    "a_b",
    "a b",
    "a/b",
    "a.b",
    "ähm",
    "acme🙂",
    "a".repeat(41),
    "%2e%2e",
    ...organisations.reservedSlugs,
    "API",
  ],
  apiKey: [
    ...missing,
    ...blank,
    ...nonStrings,
    7,
    "too short",
    "a".repeat(513),
    `sandbox_key_${"a".repeat(16)}\r\nx-practice-group-id: 2`,
    `sandbox key ${"a".repeat(16)}`,
    `sandbox_key_${"a".repeat(16)}é`,
    `sandbox_key_${"a".repeat(16)}\u0000b`,
    `sandbox_key_\u202e${"a".repeat(16)}`,
    `sandbox_key_🔑${"a".repeat(16)}`,
  ],
  practiceGroupId: [
    ...missing,
    ...blank,
    ...nonStrings,
    12,
    ...controls,
    ...lookAlikeTexts,
    "12,13",
    "12 13",
    "１２",
    "१२",
    "12\r\nx-api-key: a",
    "12%0d%0a",
    "../12",
    "12/13",
    "12;13",
    "a".repeat(65),
  ],
  localDate: [
    ...missing,
    ...blank,
    ...nonStrings,
    20260101,
    "tomorrow",
    "2026-02-30",
    "01/01/2027",
    "2027-1-1",
    "+275760-09-13",
    `${addDays(today, 3)}T00:00:00Z`,
  ],
  maxUses: [
    ...missing,
    ...blank,
    ...nonStrings,
    0,
    -1,
    1.5,
    10_001,
    Number.POSITIVE_INFINITY,
    "0",
    "-1",
    "1.5",
    "ten",
    "1e3",
    "0x10",
    "1,000",
    "१०",
    [3],
  ],
  pageSize: [null, "", "25", ...nonStrings, 0, -1, 1.5, 101, Number.POSITIVE_INFINITY],
};

/** An optional selection may be empty. */
const withoutEmpty = (values: unknown[]) =>
  values.filter((value) => value !== undefined && value !== null && value !== "");
const withoutUndefined = (values: unknown[]) => values.filter((value) => value !== undefined);

const invalidOwnText = [...invalidValues.optionalName, "999 000 0018", "letter 999-000-0018"];
const invalidTags: unknown[] = withoutUndefined([
  null,
  "",
  7,
  "autumn",
  true,
  {},
  [["a"]],
  [7],
  [""],
  ["a,b"],
  ["#a"],
  ["a".repeat(31)],
  ["999 000 0018"],
  Array.from({ length: 11 }, (_, index) => `tag ${index}`),
]);
const invalidLimits = {
  name: invalidOwnText,
  slotsFrom: withoutEmpty(invalidValues.localDate),
  slotsTo: withoutEmpty(invalidValues.localDate),
  expiresOn: invalidValues.localDate,
  maxUses: invalidValues.maxUses,
};
const validLimits = {
  name: "Flu clinic 🙂 קליניקה",
  slotsFrom: today,
  slotsTo: addDays(today, 5),
  expiresOn: addDays(today, 7),
  maxUses: "5",
};
const apiKey = "sandbox_a_key_of_some_length";

const isEmptyObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const validPlacement = {
  name: "Messages",
  practiceIds: [id, id],
  origins: ["https://App.example.org/", "https://*.example.org", "http://localhost:5173"],
  attributes: { adminId: "" },
};
const invalidPlacement = {
  name: invalidValues.name,
  practiceIds: [
    ...missing,
    ...blank,
    ...nonStrings,
    7,
    ["1"],
    Array.from({ length: 501 }, () => id),
  ],
  origins: [
    ...missing,
    ...blank,
    ...nonStrings.filter((value) => !(Array.isArray(value) && value.length === 0)),
    7,
    ["*"],
    ["null"],
    ["https://*"],
    ["https://*.uk"],
    ["https://a.*.example.org"],
    ["https://app.example.org/path"],
    ["https://app.example.org?q"],
    ["https://user@app.example.org"],
    ["http://app.example.org"],
    ["http://localhost.example.org"],
    ["javascript:alert(1)"],
    ["data:text/html,x"],
    ["//app.example.org"],
    ["https://app.example.org; script-src *"],
    ["https://app.example.org https://b.example.org"],
    ["https://*.10.0.0.1"],
    ["https://app.example.org:99999"],
    Array.from({ length: 21 }, (_, index) => `https://a${index}.example.org`),
  ],
  attributes: [
    ...missing,
    ...blank,
    ...nonStrings.filter((value) => !isEmptyObject(value)),
    7,
    { adminId: "x" },
  ],
};

const validTheme = { colours: defaultColours, font: { sans: "Inter, sans-serif" } };
const invalidThemes = [
  undefined,
  ...blank,
  ...nonStrings.filter((value) => !isEmptyObject(value)),
  7,
  { colours: { typography: {}, primary: {} } },
  // White text on a white page.
  {
    colours: {
      ...defaultColours,
      typography: { ...defaultColours.typography, base: "#ffffff" },
    },
  },
  { font: { sans: "Inter; } body { display: none" } },
];

/** For each input a valid value, and for each of its fields invalid values. */
const inputs: Record<
  string,
  { schema: z.ZodType; valid: Record<string, unknown>; fields: Record<string, unknown[]> }
> = {
  signInInput: {
    schema: account.signInInput,
    valid: { email: " Pat@Example.com ", password: "x" },
    fields: { email: invalidValues.email, password: invalidValues.submittedPassword },
  },
  signUpInput: {
    schema: account.signUpInput,
    valid: { name: "Zoë 👩🏽‍⚕️ O’Brien", email: "pat@example.com", password: "👍".repeat(12) },
    fields: {
      name: invalidValues.name,
      email: invalidValues.email,
      password: invalidValues.newPassword,
    },
  },
  verifyEmailInput: {
    schema: account.verifyEmailInput,
    valid: { token, password: "x" },
    fields: { token: invalidValues.token, password: invalidValues.submittedPassword },
  },
  requestPasswordResetInput: {
    schema: account.requestPasswordResetInput,
    valid: { email: "pat@example.com" },
    fields: { email: invalidValues.email },
  },
  resetPasswordInput: {
    schema: account.resetPasswordInput,
    valid: { token, password: "twelve chars" },
    fields: { token: invalidValues.token, password: invalidValues.newPassword },
  },
  endSessionInput: {
    schema: account.endSessionInput,
    valid: { sessionId: id },
    fields: { sessionId: invalidValues.rowId },
  },
  listActivityInput: {
    schema: activity.listActivityInput,
    valid: { cursor: id, limit: 100 },
    fields: { cursor: withoutUndefined(invalidValues.rowId), limit: invalidValues.pageSize },
  },
  createBookingLinkInput: {
    schema: linkInputs.createBookingLinkInput,
    valid: {
      operationId: id,
      practiceId: id,
      appointmentTypeId: " 101 ",
      locationId: "5",
      practitionerId: "",
      patientId: null,
      ...validLimits,
    },
    fields: {
      operationId: invalidValues.rowId,
      practiceId: invalidValues.rowId,
      appointmentTypeId: invalidValues.heroId,
      locationId: invalidValues.heroId,
      practitionerId: withoutEmpty(invalidValues.heroId),
      patientId: withoutEmpty(invalidValues.heroId),
      reference: invalidOwnText,
      tags: invalidTags,
      ...invalidLimits,
    },
  },
  createFormLinkInput: {
    schema: linkInputs.createFormLinkInput,
    valid: {
      operationId: id,
      practiceId: id,
      formId: "60102",
      patientId: "",
      reference: "letter 17",
      tags: ["Autumn"],
      name: "",
      expiresOn: today,
      maxUses: 1,
    },
    fields: {
      operationId: invalidValues.rowId,
      practiceId: invalidValues.rowId,
      formId: [...missing, ...blank, ...nonStrings, 7, ...controls, "../1", "a".repeat(65)],
      patientId: withoutEmpty(invalidValues.heroId),
      reference: invalidOwnText,
      tags: invalidTags,
      name: invalidOwnText,
      expiresOn: invalidValues.localDate,
      maxUses: invalidValues.maxUses,
    },
  },
  updateLinksInput: {
    schema: linkInputs.updateLinksInput,
    valid: { changes: [{ linkId: id, expiresOn: today, isClosed: false, tags: ["a"] }] },
    fields: {
      changes: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        [{ linkId: "1" }],
        [{ linkId: id, expiresOn: "tomorrow" }],
        Array.from({ length: 26 }, () => ({ linkId: id })),
      ],
    },
  },
  resolveLinkInput: {
    schema: linkInputs.resolveLinkInput,
    valid: { linkId: id, url: " https://bookings.example/s/a " },
    fields: {
      linkId: invalidValues.rowId,
      url: [
        " ",
        ...nonStrings,
        7,
        "bookings.example/s/a",
        "javascript:alert(1)",
        "https://a@b/s/c",
        `https://${"a".repeat(2000)}`,
      ],
    },
  },
  saveLinkViewInput: {
    schema: linkLists.saveLinkViewInput,
    valid: { name: "Live ones", query: "state=live&q=flu+clinic" },
    fields: {
      name: [...missing, ...blank, ...nonStrings, 7, ...controls, "a".repeat(41)],
      query: [
        ...missing,
        ...nonStrings,
        7,
        "a".repeat(501),
        "q=a\u0000",
        "q=999+000+0018",
        "q=999%20000%200018",
      ],
    },
  },
  savedLinkViewIdInput: {
    schema: linkLists.savedLinkViewIdInput,
    valid: { viewId: id },
    fields: { viewId: invalidValues.rowId },
  },
  createBulkUploadInput: {
    schema: bulk.createBulkUploadInput,
    valid: {
      operationId: id,
      name: "Flu",
      kind: "form",
      rowCount: 50_000,
      columns: { reference: "Ref" },
    },
    fields: {
      operationId: invalidValues.rowId,
      name: invalidValues.name,
      kind: [...missing, ...blank, ...nonStrings, 7, "poem"],
      rowCount: [...missing, "", "7", ...nonStrings, 0, -1, 1.5, 50_001],
      columns: [...missing, "", 7, true, [], { a: 1 }, { a: "b".repeat(201) }],
    },
  },
  addBulkUploadRowsInput: {
    schema: bulk.addBulkUploadRowsInput,
    valid: {
      bulkUploadId: id,
      rows: [{ rowNumber: 1, practiceId: id, expiresOn: today, maxUses: 1 }],
    },
    fields: {
      bulkUploadId: invalidValues.rowId,
      rows: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        [{ rowNumber: 0, practiceId: id, expiresOn: today, maxUses: 1 }],
        [{ rowNumber: 1, practiceId: "1", expiresOn: today, maxUses: 1 }],
      ],
    },
  },
  bulkUploadIdInput: {
    schema: bulk.bulkUploadIdInput,
    valid: { bulkUploadId: id },
    fields: { bulkUploadId: invalidValues.rowId },
  },
  startBulkUploadInput: {
    schema: bulk.startBulkUploadInput,
    valid: { bulkUploadId: id, confirmedRecipients: 482 },
    fields: {
      bulkUploadId: invalidValues.rowId,
      confirmedRecipients: [null, "", "482", ...nonStrings, 1.5],
    },
  },
  listBulkUploadRowsInput: {
    schema: bulk.listBulkUploadRowsInput,
    valid: { bulkUploadId: id, state: "failed", cursor: 100 },
    fields: {
      bulkUploadId: invalidValues.rowId,
      state: [null, "", "lost", ...nonStrings],
      cursor: [null, "", "1", ...nonStrings, -1, 1.5],
    },
  },
  createApiKeyInput: {
    schema: apiKeys.createApiKeyInput,
    valid: { name: "Server", permissions: ["links.read", "links.read"] },
    fields: {
      name: invalidValues.name,
      permissions: [...missing, ...blank, ...nonStrings, 7, ["links.delete"], ["practices.manage"]],
    },
  },
  apiKeyIdInput: {
    schema: apiKeys.apiKeyIdInput,
    valid: { apiKeyId: id },
    fields: { apiKeyId: invalidValues.rowId },
  },
  practiceElementsInput: {
    schema: elements.practiceElementsInput,
    valid: { practiceId: id },
    fields: { practiceId: invalidValues.rowId },
  },
  acknowledgeScriptInput: {
    schema: elements.acknowledgeScriptInput,
    valid: { url: "https://scripts.example.org/latest.js", sha256: "0a".repeat(32) },
    fields: {
      url: [...missing, ...blank, ...nonStrings, 7, "scripts"],
      sha256: [...missing, ...blank, ...nonStrings, 7, "0A".repeat(32), "0a".repeat(31)],
    },
  },
  createPlacementInput: {
    schema: placements.createPlacementInput,
    valid: { element: "hh-message-builder", ...validPlacement, theme: null },
    fields: {
      element: [...missing, ...blank, ...nonStrings, 7, "hh-booking", "toString"],
      ...invalidPlacement,
      theme: invalidThemes,
    },
  },
  updatePlacementInput: {
    schema: placements.updatePlacementInput,
    valid: { placementId: id, ...validPlacement },
    fields: { placementId: invalidValues.rowId, ...invalidPlacement },
  },
  setPlacementThemeInput: {
    schema: placements.setPlacementThemeInput,
    valid: { placementId: id, theme: validTheme },
    fields: { placementId: invalidValues.rowId, theme: invalidThemes },
  },
  placementIdInput: {
    schema: placements.placementIdInput,
    valid: { placementId: id },
    fields: { placementId: invalidValues.rowId },
  },
  switchPlacementInput: {
    schema: placements.switchPlacementInput,
    valid: { placementId: id, isOn: false },
    fields: {
      placementId: invalidValues.rowId,
      isOn: [...missing, ...blank, 0, 1, "true", [], {}],
    },
  },
  createPortalElementSessionInput: {
    schema: elementSessions.createPortalElementSessionInput,
    valid: { practiceId: id, patientId: "" },
    fields: { practiceId: invalidValues.rowId, patientId: withoutEmpty(invalidValues.heroId) },
  },
  updateLinkInput: {
    schema: linkInputs.updateLinkInput,
    valid: { linkId: id, ...validLimits },
    fields: { linkId: invalidValues.rowId, ...invalidLimits },
  },
  linkIdInput: {
    schema: linkInputs.linkIdInput,
    valid: { linkId: id },
    fields: { linkId: invalidValues.rowId },
  },
  findLinkByOperationInput: {
    schema: linkInputs.findLinkByOperationInput,
    valid: { operationId: id },
    fields: { operationId: invalidValues.rowId },
  },
  listLinksInput: {
    schema: linkLists.listLinksInput,
    valid: {
      practiceId: id,
      kind: "form",
      audience: "generic",
      state: "stopped",
      tag: "Autumn",
      ownerId: id,
      bulkUploadId: id,
      q: " flu ",
      sort: "expires_first",
      cursor: `2027-01-01_${id}`,
      limit: 1,
    },
    fields: {
      practiceId: withoutUndefined(invalidValues.rowId),
      kind: withoutUndefined(["", "poem", 7, ...nonStrings]),
      audience: withoutUndefined(["", "everyone", 7, ...nonStrings]),
      state: withoutUndefined(["", "lost", 7, ...nonStrings]),
      tag: withoutUndefined(["", 7, "a,b", "#a", "999 000 0018", ...nonStrings]),
      ownerId: withoutUndefined(invalidValues.rowId),
      bulkUploadId: withoutUndefined(invalidValues.rowId),
      q: invalidOwnText,
      sort: withoutUndefined(["", "by name", 7, ...nonStrings]),
      cursor: withoutUndefined([...invalidValues.rowId, `${id}_${id}`, `2027-01-01${id}`]),
      limit: invalidValues.pageSize,
    },
  },
  listFormsInput: {
    schema: forms.listFormsInput,
    valid: { practiceId: id, search: " asthma ", formType: "care_navigation" },
    fields: {
      practiceId: invalidValues.rowId,
      search: [...invalidValues.optionalName, "999 000 0018"],
      formType: withoutUndefined(["", "poem", "QUESTIONNAIRE", 7, ...nonStrings]),
    },
  },
  formIdInput: {
    schema: forms.formIdInput,
    valid: { practiceId: id, formId: " 60102 " },
    fields: {
      practiceId: invalidValues.rowId,
      formId: [...missing, ...blank, ...nonStrings, 7, ...controls, "../1", "a".repeat(65)],
    },
  },
  countSlotsInput: {
    schema: slots.countSlotsInput,
    valid: {
      practiceId: id,
      appointmentTypeId: "101",
      locationId: "",
      practitionerId: null,
      slotsFrom: "2027-03-28",
      slotsTo: "2027-03-28",
    },
    fields: {
      practiceId: invalidValues.rowId,
      appointmentTypeId: invalidValues.heroId,
      locationId: withoutEmpty(invalidValues.heroId),
      practitionerId: withoutEmpty(invalidValues.heroId),
      slotsFrom: withoutEmpty(invalidValues.localDate),
      slotsTo: withoutEmpty(invalidValues.localDate),
    },
  },
  lookUpPatientInput: {
    schema: patients.lookUpPatientInput,
    valid: {
      practiceId: id,
      identity: { by: "nhs_number", nhsNumber: "999 000 0018", dateOfBirth: "1980-01-01" },
    },
    fields: {
      practiceId: invalidValues.rowId,
      identity: [...missing, ...blank, ...nonStrings, 7, "nhs_number", { by: "name" }],
    },
  },
  createOrganisationInput: {
    schema: organisations.createOrganisationInput,
    valid: { name: "Acme 🏥 ואחיו", slug: " Acme-Health " },
    fields: { name: invalidValues.name, slug: invalidValues.slug },
  },
  practiceIdInput: {
    schema: practices.practiceIdInput,
    valid: { practiceId: id },
    fields: { practiceId: invalidValues.rowId },
  },
  verifyPracticeInput: {
    schema: practices.verifyPracticeInput,
    valid: { apiKey: ` ${apiKey}\n`, practiceGroupId: " 12" },
    fields: { apiKey: invalidValues.apiKey, practiceGroupId: invalidValues.practiceGroupId },
  },
  connectPracticeInput: {
    schema: practices.connectPracticeInput,
    valid: { apiKey, practiceGroupId: "kingsway-31", nickname: " " },
    fields: {
      apiKey: invalidValues.apiKey,
      practiceGroupId: invalidValues.practiceGroupId,
      nickname: invalidValues.optionalName,
    },
  },
  verifyNetworkPracticeInput: {
    schema: practices.verifyNetworkPracticeInput,
    valid: { credentialId: id, practiceGroupId: "12" },
    fields: { credentialId: invalidValues.rowId, practiceGroupId: invalidValues.practiceGroupId },
  },
  connectNetworkPracticeInput: {
    schema: practices.connectNetworkPracticeInput,
    valid: { credentialId: id, practiceGroupId: "12", nickname: "Ours" },
    fields: {
      credentialId: invalidValues.rowId,
      practiceGroupId: invalidValues.practiceGroupId,
      nickname: invalidValues.optionalName,
    },
  },
  renamePracticeInput: {
    schema: practices.renamePracticeInput,
    valid: { practiceId: id, nickname: null },
    fields: { practiceId: invalidValues.rowId, nickname: invalidValues.optionalName },
  },
  replaceKeyInput: {
    schema: practices.replaceKeyInput,
    valid: { credentialId: id, apiKey },
    fields: { credentialId: invalidValues.rowId, apiKey: invalidValues.apiKey },
  },
};

/** A value for a failure message. */
const display = (value: unknown) =>
  typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(value);

describe("the input schemas", () => {
  it("this table has every input schema with all its fields", async () => {
    const exportedByFile: Record<string, string[]> = {};
    for (const file of readdirSync("server/schemas", { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts")) continue;
      const schemaModule: Record<string, unknown> = await import(resolve("server/schemas", file));
      for (const [name, value] of Object.entries(schemaModule)) {
        if (!name.endsWith("Input")) continue;
        if (!(value instanceof z.ZodObject)) throw new Error(`${name} is no object schema.`);
        exportedByFile[name] = Object.keys(value.shape).sort();
      }
    }
    const coveredFields = Object.entries(inputs).map(([name, { fields }]) => [
      name,
      Object.keys(fields).sort(),
    ]);
    expect(Object.fromEntries(coveredFields)).toEqual(exportedByFile);
  });
});

describe.each(Object.entries(inputs))("%s", (_, { schema, valid, fields }) => {
  it("a valid input is accepted", () => {
    const parsed = schema.safeParse(valid);
    expect(parsed.error?.issues ?? []).toEqual([]);
  });

  it.each([undefined, null, "", "text", 7, [], true])(
    "%j is rejected without throwing",
    (value) => {
      expect(schema.safeParse(value).success).toBe(Object.keys(fields).length === 0);
    },
  );

  it("unknown fields are dropped", () => {
    const parsed = schema.safeParse({ ...valid, tenantId: "x", role: "owner", userId: "y" });
    expect(Object.keys(parsed.data ?? {})).not.toEqual(expect.arrayContaining(["tenantId"]));
    expect(JSON.stringify(parsed.data)).not.toContain('"owner"');
  });

  it.each(Object.entries(fields))(
    "each invalid value of %s gives a sentence at its field",
    (field, values) => {
      for (const value of values) {
        const parsed = schema.safeParse({ ...valid, [field]: value });
        const issues = parsed.error?.issues ?? [];
        expect(issues.length, `${field}: ${display(value)} passed`).toBeGreaterThan(0);
        for (const issue of issues) {
          expect(issue.path[0], display(value)).toBe(field);
          expect(issue.message, `${field}: ${display(value)}`).toMatch(/^[A-Z][^\n]{8,120}\.$/);
          expect(issue.message).not.toMatch(/invalid input|expected|received|NaN|undefined/i);
        }
      }
    },
  );
});

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

describe("a practice group id", () => {
  const parsed = (text: string) => practices.practiceGroupId.safeParse(text);

  it.each([
    [" 12", "12"],
    ["12\n", "12"],
    ["012", "012"],
    ["kingsway-31", "kingsway-31"],
    ["A_b-9", "A_b-9"],
    ["a".repeat(64), "a".repeat(64)],
  ])("c2: practice group id %j is read as %j", (text, normalized) => {
    expect(parsed(text).data).toBe(normalized);
  });

  it("c2: a practice group id has only ASCII letters, digits, dashes and underscores", () => {
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
