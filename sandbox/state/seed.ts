import { createHash } from "node:crypto";
import type { ApiKey, Clinician, Partner, PatientRecord, Person, Practice, Scope } from "./model";
import { type PracticeSeed, practiceSeeds } from "./seed-practices";
import { seedPeople } from "./seed-people";
import { formSeeds, typeSeeds } from "./seed-types";

export interface Seed {
  practices: Practice[];
  keys: ApiKey[];
  people: Person[];
  patients: PatientRecord[];
}

const allScopes: Scope[] = ["booking", "booking_links", "messaging"];
const partners: Partner[] = ["a", "b", "c"];
/** The practice which also has, per partner, a key without the scope for links. */
const reducedAt = "northgate-hub";

const morning = { fromMinutes: 8 * 60 + 30, toMinutes: 12 * 60 + 30 };
const afternoon = { fromMinutes: 13 * 60 + 30, toMinutes: 17 * 60 + 30 };

/** The same practices, keys and patients each time, whatever the clock says. */
export function seedEverything(): Seed {
  const practices = practiceSeeds.map((seed, index) => practiceFrom(seed, index + 1));
  const { registered, unregistered } = seedPeople();
  const patients = practices.flatMap((practice, index) =>
    (registered[index] ?? []).map((person, place) => patientFrom(practice, person, place)),
  );
  return {
    practices,
    keys: practices.flatMap(keysOf),
    people: [...registered.flat(), ...unregistered],
    patients,
  };
}

function idFor(family: number, practice: number, index: number): string {
  return String(family * 10_000 + practice * 100 + index + 1);
}

function practiceFrom(seed: PracticeSeed, ordinal: number): Practice {
  const places = seed.places.map((place, index) => ({ ...place, id: idFor(2, ordinal, index) }));
  const forms = formSeeds.map(({ questions, ...form }, index) => ({
    ...form,
    id: idFor(6, ordinal, index),
    fields: questions.map((name, question) => ({
      form_question_id: `${idFor(6, ordinal, index)}${question + 1}`,
      name,
      type: "text",
      required: question === 0,
    })),
  }));
  const types = seed.types.map((name, index) => {
    const { hasIntakeForm, ...type } = typeSeeds[name];
    return {
      ...type,
      id: idFor(1, ordinal, index),
      formId: hasIntakeForm ? (forms[0]?.id ?? null) : null,
    };
  });
  const clinicians = seed.staff.map(
    (person, index): Clinician => ({
      id: idFor(3, ordinal, index),
      title: person.title,
      firstName: person.firstName,
      lastName: person.lastName,
      practitionerType: person.type,
      typeIds: person.does.flatMap((name) => {
        const at = seed.types.indexOf(name);
        return at < 0 ? [] : [idFor(1, ordinal, at)];
      }),
      sessions: person.places.flatMap((place, day) => {
        const locationId = place === null ? undefined : places[place]?.id;
        if (!locationId) return [];
        return [morning, afternoon].map((hours) => ({
          weekdays: [day + 1],
          locationId,
          ...hours,
        }));
      }),
    }),
  );
  const { staff: _staff, types: _types, places: _places, ...rest } = seed;
  return {
    ...rest,
    ordinal,
    address: places[0]?.address ?? { line_1: "", town: "", postcode: "" },
    capabilities:
      seed.system === "private"
        ? ["email_messaging", "online_booking"]
        : ["sms_messaging", "email_messaging", "nhs_app_messaging", "online_booking"],
    places,
    clinicians,
    types,
    forms,
  };
}

function keysOf(practice: Practice): ApiKey[] {
  const full = partners.map((partner) => keyFor(practice, partner, practice.slug, allScopes));
  if (practice.slug !== reducedAt) return full;
  const reduced = partners.map((partner) =>
    keyFor(practice, partner, `${practice.slug}-no-links`, ["booking", "messaging"]),
  );
  return [...full, ...reduced];
}

function keyFor(practice: Practice, partner: Partner, label: string, scopes: Scope[]): ApiKey {
  const tail = createHash("sha256").update(`sandbox key ${partner} ${label}`).digest("hex");
  const key = `sandbox_${partner}_${label.replaceAll("-", "_")}_${tail.slice(0, 32)}`;
  return { key, partner, groupId: practice.groupId, scopes };
}

function patientFrom(practice: Practice, person: Person, index: number): PatientRecord {
  const sources = { emis: "emis", systmone: "systm_one", private: "hero" } as const;
  return {
    id: idFor(4, practice.ordinal, index),
    groupId: practice.groupId,
    person,
    dataSource: sources[practice.system],
    isArchived: index === 5,
  };
}
