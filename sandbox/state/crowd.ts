import type { Person } from "./model";
import { testNhsNumber } from "./nhs-number";

/**
 * People without a story, for files of many rows: the Spine stand-in knows them, no practice has them,
 * and no list shows them. The same every time.
 */
const crowdSize = 60_000;
const firstNumber = 1_000;
const day = 86_400_000;

let byNumber: Map<string, Person> | undefined;

function crowd(): Map<string, Person> {
  if (byNumber) return byNumber;
  byNumber = new Map();
  for (let index = 0; index < crowdSize; index += 1) {
    const nhsNumber = testNhsNumber(firstNumber + index);
    if (!byNumber.has(nhsNumber)) byNumber.set(nhsNumber, personAt(index, nhsNumber));
  }
  return byNumber;
}

function personAt(index: number, nhsNumber: string): Person {
  const bornOn = new Date(Date.UTC(1940, 0, 1) + (index % 25_000) * day).toISOString().slice(0, 10);
  return {
    nhsNumber,
    bornOn,
    title: "Mx",
    firstName: "Sample",
    lastName: `Person ${index + 1}`,
    sex: index % 2 === 0 ? "Female" : "Male",
    email: `sample.${index + 1}@patients.example`,
    mobile: "07700 900000",
    addressLine: `${(index % 300) + 1} Long Lane`,
    town: "Wendlebury",
    postcode: `WB${(index % 9) + 1} ${(index % 9) + 1}XX`,
    needsLogin: false,
    isRestricted: false,
    deceasedOn: null,
  };
}

/** @param bornOn `YYYY-MM-DD` */
export function findInCrowd(nhsNumber: string, bornOn: string): Person | undefined {
  const person = crowd().get(nhsNumber);
  return person?.bornOn === bornOn ? person : undefined;
}

/** The first people of the crowd, for test files and tests. */
export function listCrowd(count: number): { nhsNumber: string; dateOfBirth: string }[] {
  return [...crowd().values()]
    .slice(0, count)
    .map(({ nhsNumber, bornOn }) => ({ nhsNumber, dateOfBirth: bornOn }));
}
