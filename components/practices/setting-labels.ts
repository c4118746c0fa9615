import type { PracticeSettings } from "@/server/schemas/practices";

type Setting = NonNullable<PracticeSettings["settings"]>[number];
type Value = Setting["value"];

const formatHours = (value: Value) => `${value} ${value === 1 ? "hour" : "hours"}`;
const formatMinutes = (value: Value) => `${value} ${value === 1 ? "minute" : "minutes"}`;

/** The settings that we have words for. Hero documents none of them (assumption 51). */
const knownSettings: Record<string, { label: string; format?: (value: Value) => string }> = {
  clinical_system: { label: "Clinical system" },
  time_zone: { label: "Time zone" },
  prescription_partner: { label: "Prescription partner" },
  "booking hold_minutes": { label: "Times are held for", format: formatMinutes },
  "booking cancellation_policy_hours": {
    label: "Patients can cancel until",
    format: (value) => `${formatHours(value)} before`,
  },
  "booking ways_of_consulting": { label: "Consultation types" },
  "messaging sender": { label: "Text message sender" },
  "messaging opt_out": { label: "Patients can opt out of messages" },
  "messaging footer": { label: "Text at the end of each message" },
};

const valueNames: Record<string, string> = {
  emis: "EMIS Web",
  systmone: "SystmOne",
  signature_rx: "SignatureRx",
  private: "Private clinic system",
  in_person: "in person",
  telephone: "by telephone",
  video: "by video",
};

const abbreviations: Record<string, string> = {
  api: "API",
  ehr: "EHR",
  gp: "GP",
  id: "ID",
  nhs: "NHS",
  ods: "ODS",
  pds: "PDS",
  sms: "SMS",
  url: "URL",
};

/** Hero's names can be any, also those that every object has. */
const findOwn = <Item>(items: Record<string, Item>, name: string): Item | undefined =>
  Object.hasOwn(items, name) ? items[name] : undefined;

/** `hold_minutes` and `holdMinutes` as "hold minutes". */
const wordsOf = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s_-]+/)
    .map((word) => findOwn(abbreviations, word.toLowerCase()) ?? word.toLowerCase())
    .join(" ");

const capitalise = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function formatValue(value: Value): string {
  if (value === null || value === "") return "Not set";
  if (typeof value === "boolean") return value ? "Yes" : "No";
  return findOwn(valueNames, String(value)) ?? String(value);
}

/** Settings as people read them, in Hero's order; the items of a list are one setting. */
export function describeSettings(
  settings: readonly Setting[],
): { key: string; label: string; text: string }[] {
  const items = new Map<string, { names: string[]; values: Value[] }>();
  for (const { path, value } of settings) {
    const names = path.filter((name) => !/^\d+$/.test(name));
    const key = names.join(" ");
    const item = items.get(key) ?? { names, values: [] };
    item.values.push(value);
    items.set(key, item);
  }
  return [...items].map(([key, { names, values }]) => {
    const known = findOwn(knownSettings, key);
    const format = known?.format ?? formatValue;
    return {
      key,
      label: known?.label ?? capitalise(names.map(wordsOf).join(": ")),
      text: values
        .map((value) => (value === null ? formatValue(value) : format(value)))
        .join(", ")
        .replace(/^(in|by) /, capitalise),
    };
  });
}
