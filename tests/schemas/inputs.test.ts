import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as account from "@/server/schemas/account";
import * as activity from "@/server/schemas/activity";
import * as apiKeys from "@/server/schemas/api-keys";
import * as bulk from "@/server/schemas/bulk";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import * as elementSessions from "@/server/schemas/element-sessions";
import * as elements from "@/server/schemas/elements";
import * as forms from "@/server/schemas/forms";
import * as links from "@/server/schemas/links";
import * as organisations from "@/server/schemas/organisations";
import * as patients from "@/server/schemas/patients";
import * as placements from "@/server/schemas/placements";
import * as practices from "@/server/schemas/practices";
import { proposeSlug } from "@/server/schemas/propose-slug";
import * as slots from "@/server/schemas/slots";
import { startingColours } from "@/server/schemas/theme";

const today = ukDateOf(new Date());
const id = randomUUID();
const token = "A".repeat(43);

/** Values that no field takes as they are, whatever it is for. */
const wrongTypes: unknown[] = [
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
const disguises: unknown[] = [
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

const noLine = [...wrongTypes, 7, ...controls, ...disguises, "a".repeat(81), "👩‍⚕️".repeat(81)];
const bad = {
  name: [...missing, ...blank, ...noLine],
  optionalName: noLine,
  rowId: [
    ...missing,
    ...blank,
    ...wrongTypes,
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
    ...wrongTypes,
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
  email: [...missing, ...blank, ...wrongTypes, 7, ...controls, ...disguises, "a", "a@b"],
  newPassword: [
    ...missing,
    "",
    ...wrongTypes,
    123456789012,
    "short",
    "elevenchars",
    "👍".repeat(11),
    "a".repeat(201),
  ],
  triedPassword: [...missing, "", ...wrongTypes, 7, "a".repeat(1001)],
  token: [
    ...missing,
    ...blank,
    ...wrongTypes,
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
    ...wrongTypes,
    7,
    ...controls,
    ...disguises,
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
    ...wrongTypes,
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
    ...wrongTypes,
    12,
    ...controls,
    ...disguises,
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
  bareDate: [
    ...missing,
    ...blank,
    ...wrongTypes,
    20260101,
    "tomorrow",
    "2026-02-30",
    "01/01/2027",
    "2027-1-1",
    "+275760-09-13",
    `${addDays(today, 3)}T00:00:00Z`,
  ],
  maximumUses: [
    ...missing,
    ...blank,
    ...wrongTypes,
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
  pageSize: [null, "", "25", ...wrongTypes, 0, -1, 1.5, 101, Number.POSITIVE_INFINITY],
};

/** Leaving an optional choice empty is no mistake. */
const unlessEmpty = (values: unknown[]) =>
  values.filter((value) => value !== undefined && value !== null && value !== "");
const unlessMissing = (values: unknown[]) => values.filter((value) => value !== undefined);

const ownText = [...bad.optionalName, "999 000 0018", "letter 999-000-0018"];
const tags: unknown[] = unlessMissing([
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
  Array.from({ length: 11 }, (_, at) => `tag ${at}`),
]);
const limits = {
  name: ownText,
  slotsFrom: unlessEmpty(bad.bareDate),
  slotsTo: unlessEmpty(bad.bareDate),
  expiresOn: bad.bareDate,
  maximumUses: bad.maximumUses,
};
const goodLimits = {
  name: "Flu clinic 🙂 קליניקה",
  slotsFrom: today,
  slotsTo: addDays(today, 5),
  expiresOn: addDays(today, 7),
  maximumUses: "5",
};
const apiKey = "sandbox_a_key_of_some_length";

/** An object without any field that is asked for is as good as none that says nothing. */
const isEmptyObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const goodPlacement = {
  name: "Messages",
  practiceIds: [id, id],
  origins: ["https://App.example.org/", "https://*.example.org", "http://localhost:5173"],
  attributes: { adminId: "" },
};
const badPlacement = {
  name: bad.name,
  practiceIds: [
    ...missing,
    ...blank,
    ...wrongTypes,
    7,
    ["1"],
    Array.from({ length: 501 }, () => id),
  ],
  origins: [
    ...missing,
    ...blank,
    ...wrongTypes.filter((value) => !(Array.isArray(value) && value.length === 0)),
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
    Array.from({ length: 21 }, (_, at) => `https://a${at}.example.org`),
  ],
  attributes: [
    ...missing,
    ...blank,
    ...wrongTypes.filter((value) => !isEmptyObject(value)),
    7,
    { adminId: "x" },
  ],
};

const goodTheme = { colours: startingColours, font: { sans: "Inter, sans-serif" } };
const badTheme = [
  undefined,
  ...blank,
  ...wrongTypes.filter((value) => !isEmptyObject(value)),
  7,
  { colours: { typography: {}, primary: {} } },
  // White text on a white page.
  {
    colours: {
      ...startingColours,
      typography: { ...startingColours.typography, base: "#ffffff" },
    },
  },
  { font: { sans: "Inter; } body { display: none" } },
];

/** For each input: values that pass, and for each of its fields the values that do not. */
const inputs: Record<
  string,
  { schema: z.ZodType; good: Record<string, unknown>; fields: Record<string, unknown[]> }
> = {
  signInInput: {
    schema: account.signInInput,
    good: { email: " Pat@Example.com ", password: "x" },
    fields: { email: bad.email, password: bad.triedPassword },
  },
  signUpInput: {
    schema: account.signUpInput,
    good: { name: "Zoë 👩🏽‍⚕️ O’Brien", email: "pat@example.com", password: "👍".repeat(12) },
    fields: { name: bad.name, email: bad.email, password: bad.newPassword },
  },
  verifyEmailInput: {
    schema: account.verifyEmailInput,
    good: { token, password: "x" },
    fields: { token: bad.token, password: bad.triedPassword },
  },
  requestPasswordResetInput: {
    schema: account.requestPasswordResetInput,
    good: { email: "pat@example.com" },
    fields: { email: bad.email },
  },
  resetPasswordInput: {
    schema: account.resetPasswordInput,
    good: { token, password: "twelve chars" },
    fields: { token: bad.token, password: bad.newPassword },
  },
  endSessionInput: {
    schema: account.endSessionInput,
    good: { sessionId: id },
    fields: { sessionId: bad.rowId },
  },
  listActivityInput: {
    schema: activity.listActivityInput,
    good: { cursor: id, limit: 100 },
    fields: { cursor: unlessMissing(bad.rowId), limit: bad.pageSize },
  },
  createBookingLinkInput: {
    schema: links.createBookingLinkInput,
    good: {
      operationId: id,
      practiceId: id,
      appointmentTypeId: " 101 ",
      locationId: "5",
      practitionerId: "",
      patientId: null,
      ...goodLimits,
    },
    fields: {
      operationId: bad.rowId,
      practiceId: bad.rowId,
      appointmentTypeId: bad.heroId,
      locationId: bad.heroId,
      practitionerId: unlessEmpty(bad.heroId),
      patientId: unlessEmpty(bad.heroId),
      reference: ownText,
      tags,
      ...limits,
    },
  },
  createFormLinkInput: {
    schema: links.createFormLinkInput,
    good: {
      operationId: id,
      practiceId: id,
      formId: "60102",
      patientId: "",
      reference: "letter 17",
      tags: ["Autumn"],
      name: "",
      expiresOn: today,
      maximumUses: 1,
    },
    fields: {
      operationId: bad.rowId,
      practiceId: bad.rowId,
      formId: [...missing, ...blank, ...wrongTypes, 7, ...controls, "../1", "a".repeat(65)],
      patientId: unlessEmpty(bad.heroId),
      reference: ownText,
      tags,
      name: ownText,
      expiresOn: bad.bareDate,
      maximumUses: bad.maximumUses,
    },
  },
  changeLinksInput: {
    schema: links.changeLinksInput,
    good: { changes: [{ linkId: id, expiresOn: today, isClosed: false, tags: ["a"] }] },
    fields: {
      changes: [
        ...missing,
        ...blank,
        ...wrongTypes,
        7,
        [{ linkId: "1" }],
        [{ linkId: id, expiresOn: "tomorrow" }],
        Array.from({ length: 26 }, () => ({ linkId: id })),
      ],
    },
  },
  settleLinkInput: {
    schema: links.settleLinkInput,
    good: { linkId: id, url: " https://bookings.example/s/a " },
    fields: {
      linkId: bad.rowId,
      url: [
        " ",
        ...wrongTypes,
        7,
        "bookings.example/s/a",
        "javascript:alert(1)",
        "https://a@b/s/c",
        `https://${"a".repeat(2000)}`,
      ],
    },
  },
  saveLinkViewInput: {
    schema: links.saveLinkViewInput,
    good: { name: "Live ones", query: "state=live&q=flu+clinic" },
    fields: {
      name: [...missing, ...blank, ...wrongTypes, 7, ...controls, "a".repeat(41)],
      query: [
        ...missing,
        ...wrongTypes,
        7,
        "a".repeat(501),
        "q=a\u0000",
        "q=999+000+0018",
        "q=999%20000%200018",
      ],
    },
  },
  linkViewIdInput: {
    schema: links.linkViewIdInput,
    good: { viewId: id },
    fields: { viewId: bad.rowId },
  },
  createBulkInput: {
    schema: bulk.createBulkInput,
    good: {
      operationId: id,
      name: "Flu",
      kind: "form",
      rowCount: 50_000,
      columns: { reference: "Ref" },
    },
    fields: {
      operationId: bad.rowId,
      name: bad.name,
      kind: [...missing, ...blank, ...wrongTypes, 7, "poem"],
      rowCount: [...missing, "", "7", ...wrongTypes, 0, -1, 1.5, 50_001],
      columns: [...missing, "", 7, true, [], { a: 1 }, { a: "b".repeat(201) }],
    },
  },
  addBulkRowsInput: {
    schema: bulk.addBulkRowsInput,
    good: {
      bulkId: id,
      rows: [{ rowNumber: 1, practiceId: id, expiresOn: today, maximumUses: 1 }],
    },
    fields: {
      bulkId: bad.rowId,
      rows: [
        ...missing,
        ...blank,
        ...wrongTypes,
        7,
        [{ rowNumber: 0, practiceId: id, expiresOn: today, maximumUses: 1 }],
        [{ rowNumber: 1, practiceId: "1", expiresOn: today, maximumUses: 1 }],
      ],
    },
  },
  bulkIdInput: { schema: bulk.bulkIdInput, good: { bulkId: id }, fields: { bulkId: bad.rowId } },
  startBulkInput: {
    schema: bulk.startBulkInput,
    good: { bulkId: id, confirmedRecipients: 482 },
    fields: {
      bulkId: bad.rowId,
      confirmedRecipients: [null, "", "482", ...wrongTypes, 1.5],
    },
  },
  listBulkRowsInput: {
    schema: bulk.listBulkRowsInput,
    good: { bulkId: id, state: "refused", after: 100 },
    fields: {
      bulkId: bad.rowId,
      state: [null, "", "lost", ...wrongTypes],
      after: [null, "", "1", ...wrongTypes, -1, 1.5],
    },
  },
  createApiKeyInput: {
    schema: apiKeys.createApiKeyInput,
    good: { name: "Server", permissions: ["links.read", "links.read"] },
    fields: {
      name: bad.name,
      permissions: [...missing, ...blank, ...wrongTypes, 7, ["links.delete"], ["practices.manage"]],
    },
  },
  apiKeyIdInput: {
    schema: apiKeys.apiKeyIdInput,
    good: { apiKeyId: id },
    fields: { apiKeyId: bad.rowId },
  },
  practiceElementsInput: {
    schema: elements.practiceElementsInput,
    good: { practiceId: id },
    fields: { practiceId: bad.rowId },
  },
  acknowledgeScriptInput: {
    schema: elements.acknowledgeScriptInput,
    good: { url: "https://scripts.example.org/latest.js", sha256: "0a".repeat(32) },
    fields: {
      url: [...missing, ...blank, ...wrongTypes, 7, "scripts"],
      sha256: [...missing, ...blank, ...wrongTypes, 7, "0A".repeat(32), "0a".repeat(31)],
    },
  },
  createPlacementInput: {
    schema: placements.createPlacementInput,
    good: { element: "hh-message-builder", ...goodPlacement, theme: null },
    fields: {
      element: [...missing, ...blank, ...wrongTypes, 7, "hh-booking", "toString"],
      ...badPlacement,
      theme: badTheme,
    },
  },
  updatePlacementInput: {
    schema: placements.updatePlacementInput,
    good: { placementId: id, ...goodPlacement },
    fields: { placementId: bad.rowId, ...badPlacement },
  },
  setPlacementThemeInput: {
    schema: placements.setPlacementThemeInput,
    good: { placementId: id, theme: goodTheme },
    fields: { placementId: bad.rowId, theme: badTheme },
  },
  placementIdInput: {
    schema: placements.placementIdInput,
    good: { placementId: id },
    fields: { placementId: bad.rowId },
  },
  switchPlacementInput: {
    schema: placements.switchPlacementInput,
    good: { placementId: id, isOn: false },
    fields: { placementId: bad.rowId, isOn: [...missing, ...blank, 0, 1, "true", [], {}] },
  },
  openElementSessionInput: {
    schema: elementSessions.openElementSessionInput,
    good: { practiceId: id, patientId: "" },
    fields: { practiceId: bad.rowId, patientId: unlessEmpty(bad.heroId) },
  },
  updateLinkInput: {
    schema: links.updateLinkInput,
    good: { linkId: id, ...goodLimits },
    fields: { linkId: bad.rowId, ...limits },
  },
  linkIdInput: {
    schema: links.linkIdInput,
    good: { linkId: id },
    fields: { linkId: bad.rowId },
  },
  findOperationInput: {
    schema: links.findOperationInput,
    good: { operationId: id },
    fields: { operationId: bad.rowId },
  },
  listLinksInput: {
    schema: links.listLinksInput,
    good: {
      practiceId: id,
      kind: "form",
      audience: "generic",
      state: "stopped",
      tag: "Autumn",
      ownerId: id,
      bulkId: id,
      q: " flu ",
      sort: "expires_first",
      cursor: `2027-01-01_${id}`,
      limit: 1,
    },
    fields: {
      practiceId: unlessMissing(bad.rowId),
      kind: unlessMissing(["", "poem", 7, ...wrongTypes]),
      audience: unlessMissing(["", "everyone", 7, ...wrongTypes]),
      state: unlessMissing(["", "lost", 7, ...wrongTypes]),
      tag: unlessMissing(["", 7, "a,b", "#a", "999 000 0018", ...wrongTypes]),
      ownerId: unlessMissing(bad.rowId),
      bulkId: unlessMissing(bad.rowId),
      q: ownText,
      sort: unlessMissing(["", "by name", 7, ...wrongTypes]),
      cursor: unlessMissing([...bad.rowId, `${id}_${id}`, `2027-01-01${id}`]),
      limit: bad.pageSize,
    },
  },
  listFormsInput: {
    schema: forms.listFormsInput,
    good: { practiceId: id, search: " asthma ", formType: "care_navigation" },
    fields: {
      practiceId: bad.rowId,
      search: [...bad.optionalName, "999 000 0018"],
      formType: unlessMissing(["", "poem", "QUESTIONNAIRE", 7, ...wrongTypes]),
    },
  },
  formIdInput: {
    schema: forms.formIdInput,
    good: { practiceId: id, formId: " 60102 " },
    fields: {
      practiceId: bad.rowId,
      formId: [...missing, ...blank, ...wrongTypes, 7, ...controls, "../1", "a".repeat(65)],
    },
  },
  countSlotsInput: {
    schema: slots.countSlotsInput,
    good: {
      practiceId: id,
      appointmentTypeId: "101",
      locationId: "",
      practitionerId: null,
      slotsFrom: "2027-03-28",
      slotsTo: "2027-03-28",
    },
    fields: {
      practiceId: bad.rowId,
      appointmentTypeId: bad.heroId,
      locationId: unlessEmpty(bad.heroId),
      practitionerId: unlessEmpty(bad.heroId),
      slotsFrom: unlessEmpty(bad.bareDate),
      slotsTo: unlessEmpty(bad.bareDate),
    },
  },
  lookUpPatientInput: {
    schema: patients.lookUpPatientInput,
    good: {
      practiceId: id,
      identity: { by: "nhs_number", nhsNumber: "999 000 0018", dateOfBirth: "1980-01-01" },
    },
    fields: {
      practiceId: bad.rowId,
      identity: [...missing, ...blank, ...wrongTypes, 7, "nhs_number", { by: "name" }],
    },
  },
  createOrganisationInput: {
    schema: organisations.createOrganisationInput,
    good: { name: "Acme 🏥 ואחיו", slug: " Acme-Health " },
    fields: { name: bad.name, slug: bad.slug },
  },
  practiceIdInput: {
    schema: practices.practiceIdInput,
    good: { practiceId: id },
    fields: { practiceId: bad.rowId },
  },
  verifyPracticeInput: {
    schema: practices.verifyPracticeInput,
    good: { apiKey: ` ${apiKey}\n`, practiceGroupId: " 12" },
    fields: { apiKey: bad.apiKey, practiceGroupId: bad.practiceGroupId },
  },
  connectPracticeInput: {
    schema: practices.connectPracticeInput,
    good: { apiKey, practiceGroupId: "kingsway-31", alias: " " },
    fields: {
      apiKey: bad.apiKey,
      practiceGroupId: bad.practiceGroupId,
      alias: bad.optionalName,
    },
  },
  verifyNetworkPracticeInput: {
    schema: practices.verifyNetworkPracticeInput,
    good: { credentialId: id, practiceGroupId: "12" },
    fields: { credentialId: bad.rowId, practiceGroupId: bad.practiceGroupId },
  },
  connectNetworkPracticeInput: {
    schema: practices.connectNetworkPracticeInput,
    good: { credentialId: id, practiceGroupId: "12", alias: "Ours" },
    fields: {
      credentialId: bad.rowId,
      practiceGroupId: bad.practiceGroupId,
      alias: bad.optionalName,
    },
  },
  renamePracticeInput: {
    schema: practices.renamePracticeInput,
    good: { practiceId: id, alias: null },
    fields: { practiceId: bad.rowId, alias: bad.optionalName },
  },
  replaceKeyInput: {
    schema: practices.replaceKeyInput,
    good: { credentialId: id, apiKey },
    fields: { credentialId: bad.rowId, apiKey: bad.apiKey },
  },
};

/** A value as it may stand in a message about a failed test. */
const show = (value: unknown) =>
  typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(value);

describe("the input schemas", () => {
  it("are all in this table, with all of their fields", async () => {
    const found: Record<string, string[]> = {};
    for (const file of readdirSync("server/schemas")) {
      const room: Record<string, unknown> = await import(
        `../../server/schemas/${file.replace(/\.ts$/, "")}.ts`
      );
      for (const [name, value] of Object.entries(room)) {
        if (!name.endsWith("Input")) continue;
        if (!(value instanceof z.ZodObject)) throw new Error(`${name} is no object schema.`);
        found[name] = Object.keys(value.shape).sort();
      }
    }
    const covered = Object.entries(inputs).map(([name, { fields }]) => [
      name,
      Object.keys(fields).sort(),
    ]);
    expect(Object.fromEntries(covered)).toEqual(found);
  });
});

describe.each(Object.entries(inputs))("%s", (_, { schema, good, fields }) => {
  it("takes what is right", () => {
    const read = schema.safeParse(good);
    expect(read.error?.issues ?? []).toEqual([]);
  });

  it.each([undefined, null, "", "text", 7, [], true])("never throws for %j", (value) => {
    expect(schema.safeParse(value).success).toBe(Object.keys(fields).length === 0);
  });

  it("lets no field through that it does not know", () => {
    const read = schema.safeParse({ ...good, tenantId: "x", role: "owner", userId: "y" });
    expect(Object.keys(read.data ?? {})).not.toEqual(expect.arrayContaining(["tenantId"]));
    expect(JSON.stringify(read.data)).not.toContain('"owner"');
  });

  it.each(Object.entries(fields))(
    "says a sentence beside %s for each bad value",
    (field, values) => {
      for (const value of values) {
        const read = schema.safeParse({ ...good, [field]: value });
        const issues = read.error?.issues ?? [];
        expect(issues.length, `${field}: ${show(value)} passed`).toBeGreaterThan(0);
        for (const issue of issues) {
          expect(issue.path[0], show(value)).toBe(field);
          expect(issue.message, `${field}: ${show(value)}`).toMatch(/^[A-Z][^\n]{8,120}\.$/);
          expect(issue.message).not.toMatch(/invalid input|expected|received|NaN|undefined/i);
        }
      }
    },
  );
});

describe("what passes", () => {
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
  ])("as a name: %j", (given, kept) => {
    expect(name(given).data?.name).toBe(kept);
  });

  it("is a password exactly as it was typed", () => {
    const password = "  spaces \u00a0 and 🙂  ";
    const input = { token, password };
    expect(account.resetPasswordInput.parse(input).password).toBe(password);
    expect(account.resetPasswordInput.safeParse({ token, password: "a".repeat(200) }).success).toBe(
      true,
    );
  });

  it("is an empty alias or choice as none, and counts as numbers", () => {
    const read = inputs.createBookingLinkInput?.schema.parse(inputs.createBookingLinkInput.good);
    expect(read).toMatchObject({ appointmentTypeId: "101", maximumUses: 5 });
    expect(read).toMatchObject({ practitionerId: undefined, patientId: undefined });
    expect(practices.renamePracticeInput.parse({ practiceId: id, alias: " \t" }).alias).toBe(
      undefined,
    );
    expect(links.listLinksInput.parse({})).toEqual({ limit: 25 });
    expect(activity.listActivityInput.parse({})).toEqual({ limit: 50 });
  });
});

describe("a short name", () => {
  it.each([
    ["Acme Health Ltd", "acme-health-ltd"],
    ["  Ünïcode & Söhne  ", "unicode-sohne"],
    ["3rd Way Care", "rd-way-care"],
    ["!!!", ""],
    ["שלום", ""],
    [`${"long ".repeat(20)}`, "long-long-long-long-long-long-long-long"],
  ])("is proposed for %j", (given, proposed) => {
    expect(proposeSlug(given)).toBe(proposed);
  });
});

describe("the window of a link", () => {
  const window = (over: Record<string, unknown>) => {
    const good = { linkId: id, expiresOn: addDays(today, 7), maximumUses: 1 };
    const read = links.updateLinkInput.safeParse({ ...good, ...over });
    return (read.error?.issues ?? []).map((issue) => issue.path.join("."));
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
      { slotsFrom: addDays(today, 3), slotsTo: addDays(today, 2), maximumUses: "" },
      ["maximumUses", "slotsTo"],
    ],
    ["allows one booking", { maximumUses: 1 }, []],
    ["allows ten thousand", { maximumUses: 10_000 }, []],
  ])("that %s", (_, over, fields) => {
    expect(window(over)).toEqual(fields);
  });

  it("may be any days of a year, whatever the clocks do", () => {
    for (let day = 1; day < 366; day += 1) {
      const slotsFrom = addDays(today, day);
      const expiresOn = addDays(today, day + 1);
      expect(window({ slotsFrom, slotsTo: expiresOn, expiresOn })).toEqual([]);
      expect(window({ slotsFrom: expiresOn, slotsTo: slotsFrom, expiresOn })).toEqual(["slotsTo"]);
    }
  });

  it("names every field that is wrong at once", () => {
    const faults = window({ expiresOn: addDays(today, -1), slotsTo: addDays(today, -2) });
    expect(faults.sort()).toEqual(["expiresOn", "slotsTo"]);
  });
});

describe("a practice group id", () => {
  const read = (text: string) => practices.practiceGroupId.safeParse(text);

  it.each([
    [" 12", "12"],
    ["12\n", "12"],
    ["012", "012"],
    ["kingsway-31", "kingsway-31"],
    ["A_b-9", "A_b-9"],
    ["a".repeat(64), "a".repeat(64)],
  ])("c2: %j is taken as %j", (given, kept) => {
    expect(read(given).data).toBe(kept);
  });

  it("c2: has no character but letters, digits, dash and underscore of ASCII", () => {
    const allowed: string[] = [];
    for (let code = 0; code < 0x1_0000; code++) {
      const character = String.fromCharCode(code);
      if (read(`1${character}2`).success) allowed.push(character);
    }
    expect(allowed.join("")).toBe(
      "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
    );
    expect(read("1😀2").success).toBe(false);
  });
});
