import { addPatient } from "./add-patient";
import type { EhrRecord, PatientRecord, PatientStore, Person, Practice } from "./model";
import { testNhsNumber } from "./nhs-number";

/** One patient or pair of records for each outcome that a screen has to show. */
export interface PatientCase {
  name: PatientCaseName;
  practiceGroupId: string;
  explanation: string;
  patients: CasePatient[];
}

interface CasePatient {
  /** Null when the practice has no record. */
  patientId: string | null;
  nhsNumber: string;
  /** The number to search for, which may be another one. */
  searchNhsNumber: string;
  firstName: string;
  lastName: string;
  dateOfBirth: string;
  postcode: string;
}

type CaseSeed = {
  explanation: string;
  /** First name, last name and date of birth. */
  person: [firstName: string, lastName: string, dateOfBirth: string];
  build: (builder: CaseBuilder) => (PatientRecord | Person)[];
};

/** Adds people and records of one case to the sandbox. */
class CaseBuilder {
  constructor(
    readonly sandbox: PatientStore,
    readonly practice: Practice,
    private readonly basis: CaseSeed["person"],
  ) {}

  /** Someone with a number and postcode of their own. */
  person(changes: Partial<Person> = {}): Person {
    const [firstName, lastName, dateOfBirth] = this.basis;
    const number = Number(this.sandbox.nextId("casePatient")) - 410_000;
    const letters = "ABDEFGHJLNPQRSTUWXYZ";
    const unit = [number % 20, Math.floor(number / 20) % 20]
      .map((index) => letters[index])
      .join("");
    return {
      nhsNumber: this.unusedNhsNumber(number),
      dateOfBirth,
      title: "Mx",
      firstName,
      lastName,
      sex: "Female",
      email: `${firstName}.${lastName}.${number}@patients.example`.toLowerCase(),
      // From 07700 900990 on, numbers have a meaning of their own: see `contacts.ts`.
      mobile: `07700 ${900_000 + (number % 990)}`,
      addressLine: `${(number % 90) + 1} Quay Street`,
      town: this.practice.address.town,
      postcode: `ZE${(Math.floor(number / 4000) % 9) + 1} ${Math.floor(number / 400) % 10}${unit}`,
      needsLogin: false,
      isRestricted: false,
      deceasedOn: null,
      isCase: true,
      ...changes,
    };
  }

  /** Beyond the numbers of other people of the sandbox. */
  private unusedNhsNumber(number: number): string {
    for (let index = 100_000 + number; ; index += 100_000) {
      const nhsNumber = testNhsNumber(index);
      if (!this.sandbox.people.some((person) => person.nhsNumber === nhsNumber)) return nhsNumber;
    }
  }

  /** Someone whom tracing finds. */
  traced(changes?: Partial<Person>): Person {
    const person = this.person(changes);
    this.sandbox.people.push(person);
    return person;
  }

  /** A record at the practice that is not connected to its clinical system. */
  unconnected(person: Person, changes: Partial<PatientRecord> = {}): PatientRecord {
    const { practiceGroupId } = this.practice;
    const id = this.sandbox.nextId("casePatient");
    return addPatient(this.sandbox, { id, practiceGroupId, person, dataSource: "pds", ...changes });
  }

  connected(person: Person, changes: Partial<PatientRecord> = {}): PatientRecord {
    const { ehrPartnerId } = this.ehrRecord(person);
    const dataSource = this.practice.system === "systmone" ? "systm_one" : "emis";
    return this.unconnected(person, { dataSource, ehrPartnerId, ...changes });
  }

  /** A record of the clinical system. */
  ehrRecord(person: Person, candidateFor: PatientRecord[] = []): EhrRecord {
    const ehrPartnerId = `${this.practice.system}-${this.sandbox.nextId("casePatient")}`;
    const record: EhrRecord = {
      ehrPartnerId,
      practiceGroupId: this.practice.practiceGroupId,
      person,
      candidateFor: candidateFor.map(({ id }) => id),
    };
    this.sandbox.ehrRecords.set(ehrPartnerId, record);
    return record;
  }

  /** An unconnected patient with a candidate that differs in what is given. */
  withCandidate(changes: Partial<Person>): PatientRecord[] {
    const person = this.traced();
    const patient = this.unconnected(person);
    this.ehrRecord({ ...person, ...changes }, [patient]);
    return [patient];
  }

  /** A connected record and another one of the same person as another source has them. */
  pair(changes: Partial<Person>): PatientRecord[] {
    const person = this.traced();
    const other = { ...person, mobile: "07700 900999", notes: "Prefers letters.", ...changes };
    return [this.connected(person), this.unconnected(other, { dataSource: "hero" })];
  }
}

const caseSeeds = {
  found: {
    explanation: "Found, and connected to the clinical system",
    person: ["Robin", "Archer", "1970-02-28"],
    build: (add) => [add.connected(add.traced())],
  },
  deceased: {
    explanation: "Has died",
    person: ["Harold", "Beech", "1931-06-12"],
    build: (add) => [add.connected(add.traced({ deceasedOn: "2026-03-02" }))],
  },
  archived: {
    explanation: "Archived by the practice",
    person: ["Selma", "Crane", "1964-09-09"],
    build: (add) => [add.connected(add.traced(), { isArchived: true })],
  },
  restricted: {
    explanation: "Restricted",
    person: ["Noor", "Dalton", "1989-01-17"],
    build: (add) => [add.connected(add.traced({ isRestricted: true }))],
  },
  not_in_ehr: {
    explanation: "Known to Hero, not registered in the clinical system",
    person: ["Piers", "Elwood", "1977-11-30"],
    build: (add) => [add.unconnected(add.traced())],
  },
  superseded_number: {
    explanation: "The number to search for was replaced with another",
    person: ["Gwen", "Fairley", "1958-04-04"],
    build: (add) => {
      const { nhsNumber } = add.person();
      return [add.connected(add.traced({ supersededNhsNumbers: [nhsNumber] }))];
    },
  },
  invalid_number: {
    explanation: "The number to search for has a wrong check digit",
    person: ["Ivor", "Gale", "1992-12-12"],
    build: (add) => [add.traced()],
  },
  not_found: {
    explanation: "Unknown to the Spine",
    person: ["Una", "Hartley", "2001-05-05"],
    build: (add) => [add.person()],
  },
  must_verify: {
    explanation: "Must sign in before they can be registered",
    person: ["Jonas", "Irwin", "1995-10-01"],
    build: (add) => [add.traced({ needsLogin: true })],
  },
  several_matches: {
    explanation: "Several people match",
    person: ["Ann", "Jones", "1980-01-01"],
    build: (add) => [add.traced({ traceFailure: "several" })],
  },
  queued: {
    explanation: "The search is queued",
    person: ["Kit", "Kemble", "1983-03-03"],
    build: (add) => [add.traced({ traceFailure: "queued" })],
  },
  no_candidates: {
    explanation: "Not connected, without candidates",
    person: ["Leah", "Lomax", "1996-02-29"],
    build: (add) => [add.unconnected(add.traced())],
  },
  one_candidate: {
    explanation: "Not connected, one candidate that agrees in everything",
    person: ["Miles", "Marlow", "1972-07-21"],
    build: (add) => add.withCandidate({}),
  },
  several_candidates: {
    explanation: "Not connected, three candidates",
    person: ["Nell", "Norwood", "1968-08-18"],
    build: (add) => {
      const [patient] = add.withCandidate({});
      if (!patient) return [];
      add.ehrRecord({ ...patient.person, firstName: "Nelly", nhsNumber: "" }, [patient]);
      add.ehrRecord({ ...patient.person, dateOfBirth: "1968-08-19", nhsNumber: "" }, [patient]);
      return [patient];
    },
  },
  candidate_is_hero_patient: {
    explanation: "Not connected, the candidate is connected to another Hero patient",
    person: ["Otis", "Orchard", "1949-05-15"],
    build: (add) => {
      const patient = add.unconnected(add.traced());
      const other = add.connected({ ...patient.person, nhsNumber: add.person().nhsNumber });
      const record = add.sandbox.ehrRecords.get(other.ehrPartnerId ?? "");
      record?.candidateFor.push(patient.id);
      return [patient, other];
    },
  },
  candidate_differs_in_name: {
    explanation: "Not connected, the candidate has another last name",
    person: ["Polly", "Penrose", "1986-06-06"],
    build: (add) => add.withCandidate({ lastName: "Prentice" }),
  },
  candidate_differs_in_date_of_birth: {
    explanation: "Not connected, the candidate has another date of birth",
    person: ["Quentin", "Quill", "1975-05-07"],
    build: (add) => add.withCandidate({ dateOfBirth: "1975-07-05" }),
  },
  candidate_differs_in_sex: {
    explanation: "Not connected, the candidate has another sex",
    person: ["Rowan", "Radley", "1999-09-19"],
    build: (add) => add.withCandidate({ sex: "Male" }),
  },
  candidate_differs_in_postcode: {
    explanation: "Not connected, the candidate has another postcode",
    person: ["Stella", "Sorrel", "1955-01-25"],
    build: (add) => add.withCandidate({ postcode: "ZE9 9ZZ" }),
  },
  candidate_deceased: {
    explanation: "Not connected, the candidate has died",
    person: ["Tess", "Thorne", "1943-10-10"],
    build: (add) => add.withCandidate({ deceasedOn: "2025-12-24" }),
  },
  mergeable: {
    explanation: "Two records of one person, the first one survives",
    person: ["Ursula", "Upton", "1966-03-16"],
    build: (add) => add.pair({}),
  },
  mergeable_other_survives: {
    explanation: "Two records of one person, the second one survives",
    person: ["Victor", "Vance", "1981-11-11"],
    build: (add) => add.pair({}).toReversed(),
  },
  different_nhs_numbers: {
    explanation: "Two records with different NHS numbers",
    person: ["Wanda", "Weston", "1979-07-07"],
    build: (add) => add.pair({ nhsNumber: add.person().nhsNumber }),
  },
  same_number_other_name: {
    explanation: "Two records with one NHS number and different names",
    person: ["Xavier", "Yardley", "1990-04-14"],
    build: (add) => add.pair({ firstName: "Yvonne", lastName: "Yates" }),
  },
  same_number_other_date_of_birth: {
    explanation: "Two records with one NHS number and different dates of birth",
    person: ["Zara", "Zimmer", "1988-08-28"],
    build: (add) => add.pair({ dateOfBirth: "1988-08-26" }),
  },
  sex_changed: {
    explanation: "Two records of which one says that the recorded sex was changed",
    person: ["Alex", "Ashby", "1994-03-23"],
    build: (add) => add.pair({ sex: "Male", sexChangedOn: "2021-05-20" }),
  },
  merged_elsewhere: {
    explanation: "Merged in Hero: the first ID gives the second record",
    person: ["Bruno", "Barker", "1953-02-13"],
    build: (add) => mergedPair(add, "other_id"),
  },
  merged_elsewhere_empty: {
    explanation: "Merged in Hero: the first ID gives an empty list",
    person: ["Clara", "Colby", "1962-12-02"],
    build: (add) => mergedPair(add, "empty_list"),
  },
  slow_to_show: {
    explanation: "Two records whose connections and merges cannot be read yet",
    person: ["Doris", "Denham", "1947-07-27"],
    build: (add) => {
      const patients = add.pair({});
      for (const patient of patients) {
        patient.showsChanges = false;
        if (patient.ehrPartnerId === null) add.ehrRecord(patient.person, [patient]);
      }
      return patients;
    },
  },
  attachments: {
    explanation: "Two files in the clinical record",
    person: ["Elsie", "Eden", "1951-09-29"],
    build: (add) => {
      const patient = add.connected(add.traced());
      const names = ["Discharge summary.pdf", "Referral letter.pdf"];
      for (const [index, name] of names.entries()) {
        const id = add.sandbox.nextId("attachment");
        const createdAt = `2026-0${index + 2}-14T10:30:00.000Z`;
        add.sandbox.attachments.set(id, { id, patientId: patient.id, name, createdAt });
      }
      return [patient];
    },
  },
  unread_in_nhs_app: {
    explanation: "Does not open messages in the NHS App",
    person: ["Frank", "Foley", "1973-01-11"],
    build: (add) => [add.connected(add.traced({ opensNhsApp: false }))],
  },
  undeliverable: {
    explanation: "Text messages and emails do not arrive",
    person: ["Gloria", "Grimes", "1960-06-26"],
    build: (add) => {
      const changes = { mobile: "07700 900990", email: "undeliverable@patients.example" };
      return [add.connected(add.traced(changes))];
    },
  },
  premium_number: {
    explanation: "Has a premium number, which Hero refuses, and does not open the NHS App",
    person: ["Hector", "Hale", "1982-02-20"],
    build: (add) => [add.connected(add.traced({ mobile: "0909 879 0123", opensNhsApp: false }))],
  },
  no_contact_details: {
    explanation: "Has no mobile number and no email address",
    person: ["Iris", "Ingleby", "1944-08-08"],
    build: (add) => [add.connected(add.traced({ mobile: "", email: "" }))],
  },
  child: {
    explanation: "Is under 16",
    person: ["Josie", "Jarvis", "2018-05-14"],
    build: (add) => [add.connected(add.traced())],
  },
} as const satisfies Record<string, CaseSeed>;

function mergedPair(add: CaseBuilder, reply: "other_id" | "empty_list"): PatientRecord[] {
  const [survivor, merged] = add.pair({});
  if (!survivor || !merged) return [];
  merged.mergedInto = { patientId: survivor.id, reply };
  return [merged, survivor];
}

export type PatientCaseName = keyof typeof caseSeeds;

export const patientCaseNames = Object.keys(caseSeeds) as [PatientCaseName, ...PatientCaseName[]];

/** Adds a case's people and records, which nobody else uses, to a practice. */
export function createPatientCase(
  sandbox: PatientStore,
  practice: Practice,
  name: PatientCaseName,
): PatientCase {
  const { explanation, person, build }: CaseSeed = caseSeeds[name];
  const patients = build(new CaseBuilder(sandbox, practice, person)).map((item): CasePatient => {
    const { nhsNumber, firstName, lastName, dateOfBirth, postcode, supersededNhsNumbers } =
      "person" in item ? item.person : item;
    const lastDigit = Number(nhsNumber.at(-1));
    const searchNhsNumber =
      name === "invalid_number"
        ? `${nhsNumber.slice(0, -1)}${(lastDigit + 1) % 10}`
        : (supersededNhsNumbers?.[0] ?? nhsNumber);
    return {
      patientId: "person" in item ? item.id : null,
      nhsNumber,
      searchNhsNumber,
      firstName,
      lastName,
      dateOfBirth,
      postcode,
    };
  });
  return { name, practiceGroupId: practice.practiceGroupId, explanation, patients };
}
