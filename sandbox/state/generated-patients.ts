import type { Person } from "./model";
import { testNhsNumber } from "./nhs-number";

/**
 * Generated people for large bulk uploads: the Spine stand-in finds them, no practice has registered
 * them, no list shows them, and they never change.
 */
const patientCount = 60_000;
const firstNumber = 1_000;
const dayMs = 86_400_000;

let patientsByNhsNumber: Map<string, Person> | undefined;

function generatedPatients(): Map<string, Person> {
  if (patientsByNhsNumber) return patientsByNhsNumber;
  patientsByNhsNumber = new Map();
  for (let index = 0; index < patientCount; index += 1) {
    const nhsNumber = testNhsNumber(firstNumber + index);
    if (!patientsByNhsNumber.has(nhsNumber))
      patientsByNhsNumber.set(nhsNumber, generatePerson(index, nhsNumber));
  }
  return patientsByNhsNumber;
}

function generatePerson(index: number, nhsNumber: string): Person {
  const dateOfBirth = new Date(Date.UTC(1940, 0, 1) + (index % 25_000) * dayMs)
    .toISOString()
    .slice(0, 10);
  return {
    nhsNumber,
    dateOfBirth,
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

export function findGeneratedPatient(nhsNumber: string, dateOfBirth: string): Person | undefined {
  const person = generatedPatients().get(nhsNumber);
  return person?.dateOfBirth === dateOfBirth ? person : undefined;
}

export function listGeneratedPatients(count: number): { nhsNumber: string; dateOfBirth: string }[] {
  return [...generatedPatients().values()]
    .slice(0, count)
    .map(({ nhsNumber, dateOfBirth }) => ({ nhsNumber, dateOfBirth }));
}
