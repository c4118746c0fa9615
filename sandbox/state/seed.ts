import { createHash } from "node:crypto";
import type {
  ApiKey,
  PractitionerRecord,
  Partner,
  PatientRecord,
  Person,
  Practice,
  Scope,
} from "./model";
import { type PracticeSeed, practiceSeeds } from "./seed-practices";
import { seedPeople } from "./seed-people";
import { formSeeds, appointmentTypeSeeds } from "./seed-appointment-types";

export interface Seed {
  practices: Practice[];
  keys: ApiKey[];
  people: Person[];
  patients: PatientRecord[];
}

const allScopes: Scope[] = ["booking", "booking_links", "messaging"];
const partners: Partner[] = ["a", "b", "c"];
/** Also has, for each partner, a key that cannot create links or write to the record without approval. */
const practiceWithReducedKeys = "northgate-hub";
const practiceWithoutVideo = "millbrook";

const morning = { fromMinutes: 8 * 60 + 30, toMinutes: 12 * 60 + 30 };
const afternoon = { fromMinutes: 13 * 60 + 30, toMinutes: 17 * 60 + 30 };
const night = { fromMinutes: 30, toMinutes: 3 * 60 + 30 };

/** The same practices, keys and patients every time. */
export function buildSeed(): Seed {
  const practices = practiceSeeds.map((seed, index) => buildPractice(seed, index + 1));
  const { registered, unregistered } = seedPeople();
  const patients = practices.flatMap((practice, index) =>
    (registered[index] ?? []).map((person, personIndex) =>
      buildPatient(practice, person, personIndex),
    ),
  );
  return {
    practices,
    keys: practices.flatMap(buildKeys),
    people: [...registered.flat(), ...unregistered],
    patients,
  };
}

function idFor(kind: number, practiceOrdinal: number, index: number): string {
  return String(kind * 10_000 + practiceOrdinal * 100 + index + 1);
}

function buildPractice(seed: PracticeSeed, ordinal: number): Practice {
  const locations = seed.locations.map((location, index) => ({
    ...location,
    id: idFor(2, ordinal, index),
  }));
  const forms = formSeeds.map(({ questions, ...form }, index) => ({
    ...form,
    id: idFor(6, ordinal, index),
    fields: questions.map((name, questionIndex) => ({
      form_question_id: `${idFor(6, ordinal, index)}${questionIndex + 1}`,
      name,
      type: "text",
      required: questionIndex === 0,
    })),
  }));
  const appointmentTypes = seed.appointmentTypes.map((name, index) => {
    const { hasIntakeForm, ...type } = appointmentTypeSeeds[name];
    return {
      ...type,
      id: idFor(1, ordinal, index),
      formId: hasIntakeForm ? (forms[0]?.id ?? null) : null,
    };
  });
  const practitioners = seed.practitioners.map(
    (practitioner, index): PractitionerRecord => ({
      id: idFor(3, ordinal, index),
      title: practitioner.title,
      firstName: practitioner.firstName,
      lastName: practitioner.lastName,
      practitionerType: practitioner.practitionerType,
      appointmentTypeIds: practitioner.appointmentTypes.flatMap((name) => {
        const typeIndex = seed.appointmentTypes.indexOf(name);
        return typeIndex < 0 ? [] : [idFor(1, ordinal, typeIndex)];
      }),
      sessions: practitioner.locationByWeekday.flatMap((locationIndex, weekdayIndex) => {
        const locationId = locationIndex === null ? undefined : locations[locationIndex]?.id;
        if (!locationId) return [];
        return (practitioner.worksAtNight ? [night] : [morning, afternoon]).map((hours) => ({
          weekdays: [(weekdayIndex + 1) % 7],
          locationId,
          ...hours,
        }));
      }),
    }),
  );
  const {
    practitioners: _practitioners,
    appointmentTypes: _appointmentTypes,
    locations: _locations,
    ...rest
  } = seed;
  return {
    ...rest,
    ordinal,
    address: locations[0]?.address ?? { line_1: "", town: "", postcode: "" },
    capabilities: [
      ...(seed.system === "private" ? [] : ["sms_messaging", "nhs_app_messaging"]),
      "email_messaging",
      "online_booking",
      ...(seed.slug === practiceWithoutVideo ? [] : ["video_consultations"]),
    ],
    locations,
    practitioners,
    appointmentTypes,
    forms,
  };
}

function buildKeys(practice: Practice): ApiKey[] {
  const fullKeys = partners.map((partner) => buildKey(practice, partner, practice.slug, allScopes));
  if (practice.slug !== practiceWithReducedKeys) return fullKeys;
  const reducedKeys = partners.map((partner) =>
    buildKey(practice, partner, `${practice.slug}-no-links`, ["booking", "messaging"], false),
  );
  return [...fullKeys, ...reducedKeys];
}

function buildKey(
  practice: Practice,
  partner: Partner,
  label: string,
  scopes: Scope[],
  mayWriteToRecord = true,
): ApiKey {
  const hash = createHash("sha256").update(`sandbox key ${partner} ${label}`).digest("hex");
  const key = `sandbox_${partner}_${label.replaceAll("-", "_")}_${hash.slice(0, 32)}`;
  return { key, partner, practiceGroupId: practice.practiceGroupId, scopes, mayWriteToRecord };
}

function buildPatient(practice: Practice, person: Person, index: number): PatientRecord {
  const sourceBySystem = { emis: "emis", systmone: "systm_one", private: "hero" } as const;
  return {
    id: idFor(4, practice.ordinal, index),
    practiceGroupId: practice.practiceGroupId,
    person,
    dataSource: sourceBySystem[practice.system],
    isArchived: index === 5,
    ehrPartnerId:
      practice.system === "private"
        ? null
        : `${practice.system}-${idFor(4, practice.ordinal, index)}`,
    mergedInto: null,
    showsChanges: true,
    hiddenChange: {},
  };
}
