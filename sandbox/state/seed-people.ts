import type { Person } from "./model";
import { testNhsNumber } from "./nhs-number";

type PersonRow = [title: string, first: string, last: string, bornOn: string];

/** In the order of `practiceSeeds`. Tests rely on the last three of each practice. */
const rowsByPractice: PersonRow[][] = [
  [
    ["Mrs", "Margaret", "Ellison", "1951-04-18"],
    ["Mr", "Daniel", "Osei", "1987-09-03"],
    ["Ms", "Hannah", "Whitfield", "1994-12-29"],
    ["Mr", "Arthur", "Pemberton", "1938-02-11"],
    ["Miss", "Zofia", "Nowak", "2001-07-22"],
    ["Mr", "Callum", "Reid", "1979-05-30"],
  ],
  [
    ["Mrs", "Shanthi", "Perera", "1966-10-14"],
    ["Mr", "Owen", "Griffiths", "1990-01-25"],
    ["Ms", "Rebecca", "Stone", "1983-06-08"],
    ["Mr", "Yusuf", "Demir", "1972-03-17"],
    ["Miss", "Ellie", "Marsh", "1999-11-02"],
    ["Mrs", "Doreen", "Cartwright", "1945-08-27"],
  ],
  [
    ["Mr", "Tobias", "Grant", "1985-02-19"],
    ["Mrs", "Adaeze", "Nwosu", "1977-12-05"],
    ["Ms", "Ffion", "Bowen", "1996-04-12"],
    ["Mr", "Kenneth", "Boyle", "1957-09-21"],
  ],
  [
    ["Ms", "Isabelle", "Fontaine", "1981-03-09"],
    ["Mr", "Rupert", "Haldane", "1969-07-15"],
    ["Mrs", "Mei", "Zhang", "1975-11-28"],
    ["Mr", "Luca", "Ferri", "1992-05-06"],
  ],
  [
    ["Mrs", "Sarah", "Thompson", "1984-03-12"],
    ["Mr", "Mohammed", "Ali", "1978-08-19"],
    ["Ms", "Grace", "O'Connor", "1991-10-07"],
    ["Mr", "Peter", "Hughes", "1949-01-30"],
    ["Miss", "Aisha", "Begum", "2000-06-16"],
    ["Mr", "George", "Ward", "1963-12-24"],
  ],
  [
    ["Mrs", "Sarah", "Thomson", "1984-03-21"],
    ["Mr", "Mohamed", "Ali", "1978-09-18"],
    ["Ms", "Grace", "O'Conner", "1991-07-10"],
    ["Mr", "Peter", "Hughes", "1949-03-01"],
    ["Miss", "Aisha", "Begum", "2000-06-26"],
    ["Mr", "George", "Warde", "1963-12-14"],
  ],
  [
    ["Mr", "Simon", "Vale", "1974-02-02"],
    ["Mrs", "Carys", "Jenkins", "1988-09-13"],
    ["Ms", "Nadia", "Haddad", "1995-05-20"],
  ],
  [
    ["Mr", "Simon", "Vail", "1974-02-20"],
    ["Mrs", "Cerys", "Jenkins", "1988-09-03"],
    ["Ms", "Nadia", "Hadad", "1995-05-02"],
  ],
];

/** In the Spine stand-in, but not registered at any practice. */
const unregisteredRows: PersonRow[] = [
  ["Mr", "Edmund", "Blackwood", "1968-04-04"],
  ["Ms", "Tamsin", "Rowe", "1993-08-31"],
  ["Mrs", "Olive", "Ingram", "1942-11-19"],
  ["Mr", "Jonah", "Adeyemi", "1986-01-08"],
];

const femaleTitles = new Set(["Mrs", "Ms", "Miss"]);
const streets = ["Beech Avenue", "Chapel Row", "Fairfield Close", "Weavers Walk", "Orchard Way"];
const towns: [string, string][] = [
  ["Wendlebury", "WB1"],
  ["Wendlebury", "WB2"],
  ["Wendlebury", "WB3"],
  ["Ashcombe", "AS4"],
  ["Ashcombe", "AS1"],
  ["Ashcombe", "AS1"],
  ["Saltmere", "SM2"],
  ["Saltmere", "SM2"],
  ["Wendlebury", "WB5"],
];

function buildPerson(row: PersonRow, practiceIndex: number, index: number): Person {
  const [title, firstName, lastName, dateOfBirth] = row;
  const number = practiceIndex * 10 + index + 1;
  const [town, district] = towns[practiceIndex] ?? ["Wendlebury", "WB1"];
  const mailbox = `${firstName}.${lastName}`.toLowerCase().replaceAll(/[^a-z.]/g, "");
  return {
    nhsNumber: testNhsNumber(number),
    dateOfBirth,
    title,
    firstName,
    lastName,
    sex: femaleTitles.has(title) ? "Female" : "Male",
    email: `${mailbox}@patients.example`,
    mobile: `07700 900${String(100 + number).padStart(3, "0")}`,
    addressLine: `${number + 3} ${streets[number % streets.length]}`,
    town,
    postcode: `${district} ${(number % 9) + 1}XX`,
    needsLogin: false,
    isRestricted: false,
    deceasedOn: null,
  };
}

/**
 * People by practice, then those registered nowhere. Where a practice has six, the fourth is restricted
 * and the sixth is archived (in `seed.ts`).
 */
export function seedPeople(): { registered: Person[][]; unregistered: Person[] } {
  const registered = rowsByPractice.map((rows, practiceIndex) =>
    rows.map((row, index) => ({
      ...buildPerson(row, practiceIndex, index),
      isRestricted: rows.length === 6 && index === 3,
    })),
  );
  const unregistered = unregisteredRows.map((row, index) => ({
    ...buildPerson(row, rowsByPractice.length, index),
    needsLogin: index === 1,
    deceasedOn: index === 2 ? "2024-02-09" : null,
  }));
  return { registered, unregistered };
}
