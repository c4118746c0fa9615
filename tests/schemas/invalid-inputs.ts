import { randomUUID } from "node:crypto";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import * as organisations from "@/server/schemas/organisations";
import { defaultColours } from "@/server/schemas/theme";

export const today = ukDateOf(new Date());
export const id = randomUUID();
export const token = "A".repeat(43);

/** Values that every field rejects. */
export const nonStrings: unknown[] = [
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
export const missing: unknown[] = [undefined, null];
export const blank: unknown[] = ["", " ", "\t\n", "\u00a0"];
export const controls: unknown[] = [
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

const linesOver = (maxCharacters: number): unknown[] => [
  ...nonStrings,
  7,
  ...controls,
  ...lookAlikeTexts,
  "a".repeat(maxCharacters + 1),
  "👩‍⚕️".repeat(maxCharacters + 1),
];
const invalidLines = linesOver(80);
export const invalidValues = {
  longText: [...missing, ...blank, ...linesOver(200)],
  optionalLongText: linesOver(200),
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
export const withoutEmpty = (values: unknown[]) =>
  values.filter((value) => value !== undefined && value !== null && value !== "");
export const withoutUndefined = (values: unknown[]) =>
  values.filter((value) => value !== undefined);

export const invalidOwnText = [
  ...invalidValues.optionalName,
  "999 000 0018",
  "letter 999-000-0018",
];
export const invalidTags: unknown[] = withoutUndefined([
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
export const invalidLimits = {
  name: invalidOwnText,
  slotsFrom: withoutEmpty(invalidValues.localDate),
  slotsTo: withoutEmpty(invalidValues.localDate),
  expiresOn: invalidValues.localDate,
  maxUses: invalidValues.maxUses,
};
export const validLimits = {
  name: "Flu clinic 🙂 קליניקה",
  slotsFrom: today,
  slotsTo: addDays(today, 5),
  expiresOn: addDays(today, 7),
  maxUses: "5",
};
export const apiKey = "sandbox_a_key_of_some_length";

const isEmptyObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const validPlacement = {
  name: "Messages",
  practiceIds: [id, id],
  origins: ["https://App.example.org/", "https://*.example.org", "http://localhost:5173"],
  attributes: { adminId: "" },
};
export const invalidPlacement = {
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

export const validTheme = { colours: defaultColours, font: { sans: "Inter, sans-serif" } };
export const invalidThemes = [
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

const lists = nonStrings.filter((value) => !(Array.isArray(value) && value.length === 0));
export const validDestination = {
  name: "Practice system",
  url: "https://Example.org:8443/events?team=1",
  eventTypes: ["link.booked", "link.booked"],
  practiceIds: [id, id],
};
export const invalidDestination = {
  name: invalidValues.name,
  url: [
    ...missing,
    ...blank,
    ...nonStrings,
    7,
    ...controls,
    ...lookAlikeTexts,
    "example.org/events",
    "//example.org/events",
    "ftp://example.org",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https:example.org",
    "https:///example.org",
    "https://",
    "https://exa mple.org",
    "https://example.org\\@10.0.0.1",
    "https://user@example.org",
    "https://user:secret@example.org",
    "https://example.org#part",
    "https://example.org:22",
    "https://example.org:25",
    "https://example.org:80",
    "https://example.org:99999",
    "https://example.org/\r\nhost: other",
    `https://example.org/${"a".repeat(2000)}`,
  ],
  eventTypes: [...missing, ...blank, ...lists, 7, ["link"], ["*"], ["toString"]],
  practiceIds: [...missing, ...blank, ...lists, 7, ["1"], Array.from({ length: 501 }, () => id)],
};

export const messageDraft = {
  practiceId: id,
  patientId: " 901 ",
  channel: "nhs_app",
  fallbackChannel: "sms",
  text: "Dear {{first_name}},\nplease ring us.",
  variables: { clinic: "Flu clinic" },
  linkId: null,
  contact: "",
  recordWrite: "for_approval",
};
/** Line breaks stay; what hides or reorders text does not. */
export const invalidMessageText: unknown[] = [
  ...missing,
  ...nonStrings,
  7,
  "a\u0000b",
  "a\u001b[31mb",
  "a\u0085b",
  ...lookAlikeTexts,
  "a".repeat(5001),
];
export const invalidMessageDraft = {
  practiceId: invalidValues.rowId,
  patientId: invalidValues.heroId,
  channel: [...missing, "", "poem", "hero", 7, ...nonStrings],
  fallbackChannel: ["", "nhs_app", "note", 7, ...nonStrings],
  attachmentId: withoutUndefined(invalidValues.rowId),
  variables: [
    null,
    "",
    "clinic",
    7,
    ["clinic"],
    { clinic: 7 },
    { clinic: null },
    { clinic: "a".repeat(201) },
    { Clinic: "a" },
    { "": "a" },
    { "a b": "a" },
    Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`v${index}`, "a"])),
  ],
  linkId: withoutUndefined(invalidValues.rowId).filter((value) => value !== null),
  contact: linesOver(254),
  recordWrite: withoutUndefined([null, "", "yes", 7, ...nonStrings]),
};

/** A batch's own fields, with those of a message that it shares. */
export const messageBatch = {
  operationId: id,
  name: " Flu clinic ",
  practiceId: id,
  channel: "nhs_app",
  fallbackChannel: "sms",
  text: "Dear {{first_name}},\nplease ring us.",
  variables: { clinic: "Flu clinic" },
  link: "own",
  linkId: null,
  recordWrite: "for_approval",
  reminders: { afterDays: 7, maxTimes: 2, time: "14:00", text: "" },
};
export const invalidMessageBatch = {
  operationId: invalidValues.rowId,
  name: [...invalidValues.name, "999 000 0018"],
  practiceId: invalidValues.rowId,
  channel: invalidMessageDraft.channel,
  fallbackChannel: invalidMessageDraft.fallbackChannel,
  text: [...blank, ...invalidMessageText],
  variables: invalidMessageDraft.variables,
  link: withoutUndefined([null, "", "theirs", 7, ...nonStrings]),
  linkId: invalidMessageDraft.linkId,
  recordWrite: invalidMessageDraft.recordWrite,
  reminders: [
    "",
    7,
    [],
    {},
    { ...messageBatch.reminders, afterDays: 0 },
    { ...messageBatch.reminders, afterDays: 61 },
    { ...messageBatch.reminders, maxTimes: 0 },
    { ...messageBatch.reminders, maxTimes: 6 },
    { ...messageBatch.reminders, time: "24:00" },
    { ...messageBatch.reminders, text: "a\u0000b" },
  ],
};

export const invalidWholeNumber = (below: number, above: number): unknown[] => [
  ...missing,
  "",
  "7",
  ...nonStrings,
  below,
  above,
  7.5,
  Number.POSITIVE_INFINITY,
];
export const invalidTimes: unknown[] = [
  ...missing,
  ...blank,
  ...nonStrings,
  7,
  "8:00",
  "24:00",
  "12:60",
  "12:00:00",
  "noon",
];
export const invalidPrices: unknown[] = [
  "",
  "4",
  ...nonStrings,
  -0.01,
  100.01,
  Number.POSITIVE_INFINITY,
];
