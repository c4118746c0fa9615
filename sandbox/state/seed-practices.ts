import type { ElementAssignment } from "@/server/hero/generated";
import type { LocationRecord, ClinicalSystem } from "./model";
import type { AppointmentTypeKey } from "./seed-appointment-types";

/** What differs between practices; `seed.ts` adds the ids. */
export interface PracticeSeed {
  practiceGroupId: string;
  slug: string;
  name: string;
  system: ClinicalSystem;
  network: string | null;
  odsCode: string | null;
  telephone: string;
  preBookingNotice: string[];
  elements: ElementAssignment[];
  locations: Omit<LocationRecord, "id">[];
  appointmentTypes: AppointmentTypeKey[];
  practitioners: PractitionerSeed[];
}

/**
 * `locationByWeekday`: an index into the practice's locations for each weekday from Monday. A practitioner
 * who works at night sees nobody by day.
 */
interface PractitionerSeed {
  title: string | null;
  firstName: string;
  lastName: string;
  practitionerType: string;
  appointmentTypes: AppointmentTypeKey[];
  locationByWeekday: (number | null)[];
  worksAtNight?: boolean;
}

const messageBuilder: ElementAssignment = {
  version: "latest",
  config: {},
  element: { name: "Message Builder", tag: "hh-message-builder" },
};

/** Not documented: an element that Hero adds after the portal was built. */
const unknownElement: ElementAssignment = {
  version: "2026-10",
  config: { columns: 3, refresh_seconds: 30 },
  element: { id: "el-7", name: "Waiting Room Board" },
};

const nhsNotice = [
  "If you think it is an emergency, call 999. For urgent advice at any time, call 111.",
  "Please arrive five minutes before your appointment. If you come late we may have to ask you to book again.",
];

const clinicNotice = [
  "If you think it is an emergency, call 999. We cannot treat emergencies here.",
  "You pay at the clinic, by card. Cancelling less than 24 hours before is charged in full.",
];

const gpAppointmentTypes: AppointmentTypeKey[] = [
  "gp",
  "gpPhone",
  "bloods",
  "screening",
  "asthma",
  "travel",
];

function buildGpPractitioners(
  doctors: [string, string][],
  nurse: [string, string],
): PractitionerSeed[] {
  const [first, second] = doctors;
  const practitioners: PractitionerSeed[] = [];
  if (first) {
    practitioners.push({
      title: "Dr",
      firstName: first[0],
      lastName: first[1],
      practitionerType: "GP",
      appointmentTypes: ["gp", "gpPhone"],
      locationByWeekday: [0, 0, null, 0, 0],
    });
  }
  if (second) {
    practitioners.push({
      title: "Dr",
      firstName: second[0],
      lastName: second[1],
      practitionerType: "GP",
      appointmentTypes: ["gp", "gpPhone"],
      locationByWeekday: [0, null, 1, 1, null],
    });
  }
  practitioners.push({
    title: null,
    firstName: nurse[0],
    lastName: nurse[1],
    practitionerType: "Nurse",
    appointmentTypes: ["bloods", "screening", "asthma", "travel"],
    locationByWeekday: [0, 1, 0, 0, 1],
  });
  return practitioners;
}

const buildClinicPractitioners = (
  doctor: [string, string],
  therapist: [string, string],
): PractitionerSeed[] => [
  {
    title: "Dr",
    firstName: doctor[0],
    lastName: doctor[1],
    practitionerType: "GP",
    appointmentTypes: ["privateGp", "privateVideo", "healthCheck"],
    locationByWeekday: [0, 0, 0, null, 0],
  },
  {
    title: null,
    firstName: therapist[0],
    lastName: therapist[1],
    practitionerType: "Physiotherapist",
    appointmentTypes: ["physio"],
    locationByWeekday: [null, 0, null, 0, 0],
  },
];

const clinicAppointmentTypes: AppointmentTypeKey[] = [
  "privateGp",
  "privateVideo",
  "healthCheck",
  "physio",
];

export const practiceSeeds: PracticeSeed[] = [
  {
    practiceGroupId: "20417",
    slug: "northgate",
    name: "Northgate Surgery",
    system: "emis",
    network: "Northgate PCN",
    odsCode: "Z90417",
    telephone: "01632 960417",
    preBookingNotice: nhsNotice,
    elements: [messageBuilder],
    locations: [
      {
        name: "Northgate Surgery",
        address: { line_1: "14 Northgate Street", town: "Wendlebury", postcode: "WB1 4QD" },
      },
      {
        name: "Northgate branch at Elm Park",
        address: { line_1: "2 Elm Park Parade", town: "Wendlebury", postcode: "WB3 7LN" },
      },
    ],
    appointmentTypes: gpAppointmentTypes,
    practitioners: buildGpPractitioners(
      [
        ["Amara", "Okafor"],
        ["Gareth", "Pryce"],
      ],
      ["Leanne", "Hobbs"],
    ),
  },
  {
    practiceGroupId: "20533",
    slug: "millbrook",
    name: "Millbrook Health Centre",
    system: "systmone",
    network: "Northgate PCN",
    odsCode: "Z90533",
    telephone: "01632 960533",
    preBookingNotice: nhsNotice,
    elements: [messageBuilder, unknownElement],
    locations: [
      {
        name: "Millbrook Health Centre",
        address: { line_1: "Mill Lane", town: "Wendlebury", postcode: "WB2 9RT" },
      },
      {
        name: "Canal Wharf rooms",
        address: { line_1: "6 Canal Wharf", town: "Wendlebury", postcode: "WB2 1AF" },
      },
    ],
    appointmentTypes: gpAppointmentTypes,
    practitioners: buildGpPractitioners(
      [
        ["Farah", "Siddiqui"],
        ["Thomas", "Whitlock"],
      ],
      ["Precious", "Moyo"],
    ),
  },
  {
    practiceGroupId: "20690",
    slug: "northgate-hub",
    name: "Northgate Extended Access Hub",
    system: "emis",
    network: "Northgate PCN",
    odsCode: "Z90690",
    telephone: "01632 960690",
    preBookingNotice: nhsNotice,
    elements: [],
    locations: [
      {
        name: "Wendlebury Community Hospital, clinic B",
        address: { line_1: "Hospital Road", town: "Wendlebury", postcode: "WB1 8HH" },
      },
      {
        name: "Hub at the Corn Exchange",
        address: { line_1: "Market Square", town: "Wendlebury", postcode: "WB1 1CE" },
      },
    ],
    appointmentTypes: ["gp", "gpPhone", "bloods", "screening", "vaccination", "outOfHours"],
    practitioners: [
      ...buildGpPractitioners([["Henrik", "Lindqvist"]], ["Siobhan", "Daly"]),
      {
        title: null,
        firstName: "Marcus",
        lastName: "Bell",
        practitionerType: "Nurse",
        appointmentTypes: ["vaccination"],
        locationByWeekday: [null, null, null, 1, null],
      },
      // Clocks change on a Sunday at 1am.
      {
        title: "Dr",
        firstName: "Ingrid",
        lastName: "Solberg",
        practitionerType: "GP",
        appointmentTypes: ["outOfHours"],
        locationByWeekday: [null, null, null, null, null, null, 0],
        worksAtNight: true,
      },
    ],
  },
  {
    practiceGroupId: "kingsway-31",
    slug: "kingsway",
    name: "Kingsway Private Clinic",
    system: "private",
    network: null,
    odsCode: null,
    telephone: "01632 960731",
    preBookingNotice: clinicNotice,
    elements: [messageBuilder],
    locations: [
      {
        name: "Kingsway Private Clinic",
        address: { line_1: "31 Kingsway", town: "Ashcombe", postcode: "AS4 2KW" },
      },
    ],
    appointmentTypes: clinicAppointmentTypes,
    practitioners: buildClinicPractitioners(["Helena", "Marchetti"], ["Oliver", "Strand"]),
  },
  {
    practiceGroupId: "30182",
    slug: "riverside",
    name: "Riverside Surgery",
    system: "emis",
    network: "Riverside PCN",
    odsCode: "Z90182",
    telephone: "01632 960182",
    preBookingNotice: nhsNotice,
    elements: [messageBuilder],
    locations: [
      {
        name: "Riverside Surgery",
        address: { line_1: "1 Bridge Street", town: "Ashcombe", postcode: "AS1 1RS" },
      },
      {
        name: "Riverside at Station Road",
        address: { line_1: "88 Station Road", town: "Ashcombe", postcode: "AS1 6PL" },
      },
    ],
    appointmentTypes: gpAppointmentTypes,
    practitioners: buildGpPractitioners(
      [
        ["Priya", "Raman"],
        ["James", "Alderton"],
      ],
      ["Chloe", "Baxter"],
    ),
  },
  {
    practiceGroupId: "30183",
    slug: "riverside-mp",
    name: "Riverside Medical Practice",
    system: "emis",
    network: "Riverside PCN",
    odsCode: "Z90183",
    telephone: "01632 960183",
    preBookingNotice: nhsNotice,
    elements: [{ ...messageBuilder, version: null }],
    locations: [
      {
        name: "Riverside Medical Practice",
        address: { line_1: "11 Bridge Street", town: "Ashcombe", postcode: "AS1 1RM" },
      },
      {
        name: "Riverside at Station Road",
        address: { line_1: "88 Station Road", town: "Ashcombe", postcode: "AS1 6PL" },
      },
    ],
    appointmentTypes: gpAppointmentTypes,
    practitioners: buildGpPractitioners(
      [
        ["Priya", "Raman-Shah"],
        ["James", "Allerton"],
      ],
      ["Chloe", "Barton"],
    ),
  },
  {
    practiceGroupId: "30297",
    slug: "harbour-street",
    name: "Harbour Street Clinic",
    system: "private",
    network: null,
    odsCode: null,
    telephone: "01632 960297",
    preBookingNotice: clinicNotice,
    elements: [messageBuilder],
    locations: [
      {
        name: "Harbour Street Clinic",
        address: { line_1: "5 Harbour Street", town: "Saltmere", postcode: "SM2 5HS" },
      },
    ],
    appointmentTypes: clinicAppointmentTypes,
    practitioners: buildClinicPractitioners(["Naomi", "Fletcher"], ["Ben", "Carrow"]),
  },
  {
    practiceGroupId: "30298",
    slug: "harbour-road",
    name: "Harbour Road Clinic",
    system: "private",
    network: null,
    odsCode: null,
    telephone: "01632 960298",
    preBookingNotice: clinicNotice,
    elements: [messageBuilder, unknownElement],
    locations: [
      {
        name: "Harbour Road Clinic",
        address: { line_1: "50 Harbour Road", town: "Saltmere", postcode: "SM2 5HR" },
      },
    ],
    appointmentTypes: clinicAppointmentTypes,
    practitioners: buildClinicPractitioners(["Naomi", "Flesher"], ["Ben", "Carlow"]),
  },
];
