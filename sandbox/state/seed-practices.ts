import type { ElementAssignment } from "@/server/hero/generated";
import type { Place, System } from "./model";
import type { TypeName } from "./seed-types";

/** What differs from practice to practice; `seed.ts` turns it into records with ids. */
export interface PracticeSeed {
  groupId: string;
  slug: string;
  name: string;
  system: System;
  network: string | null;
  odsCode: string | null;
  telephone: string;
  beforeYouBook: string[];
  elements: ElementAssignment[];
  places: Omit<Place, "id">[];
  types: TypeName[];
  staff: StaffSeed[];
}

/** `places` holds one index into the practice's places for each working weekday, from Monday. */
export interface StaffSeed {
  title: string | null;
  firstName: string;
  lastName: string;
  type: string;
  does: TypeName[];
  places: (number | null)[];
}

const messageBuilder: ElementAssignment = {
  version: "latest",
  config: {},
  element: { name: "Message Builder", tag: "hh-message-builder" },
};

/** One that no documentation names: what a portal that was built before it would meet. */
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

const gpTypes: TypeName[] = ["gp", "gpPhone", "bloods", "screening", "asthma", "travel"];

function gpStaff(doctors: [string, string][], nurse: [string, string]): StaffSeed[] {
  const [first, second] = doctors;
  const staff: StaffSeed[] = [];
  if (first) {
    staff.push({
      title: "Dr",
      firstName: first[0],
      lastName: first[1],
      type: "GP",
      does: ["gp", "gpPhone"],
      places: [0, 0, null, 0, 0],
    });
  }
  if (second) {
    staff.push({
      title: "Dr",
      firstName: second[0],
      lastName: second[1],
      type: "GP",
      does: ["gp", "gpPhone"],
      places: [0, null, 1, 1, null],
    });
  }
  staff.push({
    title: null,
    firstName: nurse[0],
    lastName: nurse[1],
    type: "Nurse",
    does: ["bloods", "screening", "asthma", "travel"],
    places: [0, 1, 0, 0, 1],
  });
  return staff;
}

const clinicStaff = (doctor: [string, string], therapist: [string, string]): StaffSeed[] => [
  {
    title: "Dr",
    firstName: doctor[0],
    lastName: doctor[1],
    type: "GP",
    does: ["privateGp", "privateVideo", "healthCheck"],
    places: [0, 0, 0, null, 0],
  },
  {
    title: null,
    firstName: therapist[0],
    lastName: therapist[1],
    type: "Physiotherapist",
    does: ["physio"],
    places: [null, 0, null, 0, 0],
  },
];

const clinicTypes: TypeName[] = ["privateGp", "privateVideo", "healthCheck", "physio"];

export const practiceSeeds: PracticeSeed[] = [
  {
    groupId: "20417",
    slug: "northgate",
    name: "Northgate Surgery",
    system: "emis",
    network: "Northgate PCN",
    odsCode: "Z90417",
    telephone: "01632 960417",
    beforeYouBook: nhsNotice,
    elements: [messageBuilder],
    places: [
      {
        name: "Northgate Surgery",
        address: { line_1: "14 Northgate Street", town: "Wendlebury", postcode: "WB1 4QD" },
      },
      {
        name: "Northgate branch at Elm Park",
        address: { line_1: "2 Elm Park Parade", town: "Wendlebury", postcode: "WB3 7LN" },
      },
    ],
    types: gpTypes,
    staff: gpStaff(
      [
        ["Amara", "Okafor"],
        ["Gareth", "Pryce"],
      ],
      ["Leanne", "Hobbs"],
    ),
  },
  {
    groupId: "20533",
    slug: "millbrook",
    name: "Millbrook Health Centre",
    system: "systmone",
    network: "Northgate PCN",
    odsCode: "Z90533",
    telephone: "01632 960533",
    beforeYouBook: nhsNotice,
    elements: [messageBuilder, unknownElement],
    places: [
      {
        name: "Millbrook Health Centre",
        address: { line_1: "Mill Lane", town: "Wendlebury", postcode: "WB2 9RT" },
      },
      {
        name: "Canal Wharf rooms",
        address: { line_1: "6 Canal Wharf", town: "Wendlebury", postcode: "WB2 1AF" },
      },
    ],
    types: gpTypes,
    staff: gpStaff(
      [
        ["Farah", "Siddiqui"],
        ["Thomas", "Whitlock"],
      ],
      ["Precious", "Moyo"],
    ),
  },
  {
    groupId: "20690",
    slug: "northgate-hub",
    name: "Northgate Extended Access Hub",
    system: "emis",
    network: "Northgate PCN",
    odsCode: "Z90690",
    telephone: "01632 960690",
    beforeYouBook: nhsNotice,
    elements: [],
    places: [
      {
        name: "Wendlebury Community Hospital, clinic B",
        address: { line_1: "Hospital Road", town: "Wendlebury", postcode: "WB1 8HH" },
      },
      {
        name: "Hub at the Corn Exchange",
        address: { line_1: "Market Square", town: "Wendlebury", postcode: "WB1 1CE" },
      },
    ],
    types: ["gp", "gpPhone", "bloods", "screening", "vaccination"],
    staff: [
      ...gpStaff([["Henrik", "Lindqvist"]], ["Siobhan", "Daly"]),
      {
        title: null,
        firstName: "Marcus",
        lastName: "Bell",
        type: "Nurse",
        does: ["vaccination"],
        places: [null, null, null, 1, null],
      },
    ],
  },
  {
    groupId: "kingsway-31",
    slug: "kingsway",
    name: "Kingsway Private Clinic",
    system: "private",
    network: null,
    odsCode: null,
    telephone: "01632 960731",
    beforeYouBook: clinicNotice,
    elements: [messageBuilder],
    places: [
      {
        name: "Kingsway Private Clinic",
        address: { line_1: "31 Kingsway", town: "Ashcombe", postcode: "AS4 2KW" },
      },
    ],
    types: clinicTypes,
    staff: clinicStaff(["Helena", "Marchetti"], ["Oliver", "Strand"]),
  },
  {
    groupId: "30182",
    slug: "riverside",
    name: "Riverside Surgery",
    system: "emis",
    network: "Riverside PCN",
    odsCode: "Z90182",
    telephone: "01632 960182",
    beforeYouBook: nhsNotice,
    elements: [messageBuilder],
    places: [
      {
        name: "Riverside Surgery",
        address: { line_1: "1 Bridge Street", town: "Ashcombe", postcode: "AS1 1RS" },
      },
      {
        name: "Riverside at Station Road",
        address: { line_1: "88 Station Road", town: "Ashcombe", postcode: "AS1 6PL" },
      },
    ],
    types: gpTypes,
    staff: gpStaff(
      [
        ["Priya", "Raman"],
        ["James", "Alderton"],
      ],
      ["Chloe", "Baxter"],
    ),
  },
  {
    groupId: "30183",
    slug: "riverside-mp",
    name: "Riverside Medical Practice",
    system: "emis",
    network: "Riverside PCN",
    odsCode: "Z90183",
    telephone: "01632 960183",
    beforeYouBook: nhsNotice,
    elements: [{ ...messageBuilder, version: null }],
    places: [
      {
        name: "Riverside Medical Practice",
        address: { line_1: "11 Bridge Street", town: "Ashcombe", postcode: "AS1 1RM" },
      },
      {
        name: "Riverside at Station Road",
        address: { line_1: "88 Station Road", town: "Ashcombe", postcode: "AS1 6PL" },
      },
    ],
    types: gpTypes,
    staff: gpStaff(
      [
        ["Priya", "Raman-Shah"],
        ["James", "Allerton"],
      ],
      ["Chloe", "Barton"],
    ),
  },
  {
    groupId: "30297",
    slug: "harbour-street",
    name: "Harbour Street Clinic",
    system: "private",
    network: null,
    odsCode: null,
    telephone: "01632 960297",
    beforeYouBook: clinicNotice,
    elements: [messageBuilder],
    places: [
      {
        name: "Harbour Street Clinic",
        address: { line_1: "5 Harbour Street", town: "Saltmere", postcode: "SM2 5HS" },
      },
    ],
    types: clinicTypes,
    staff: clinicStaff(["Naomi", "Fletcher"], ["Ben", "Carrow"]),
  },
  {
    groupId: "30298",
    slug: "harbour-road",
    name: "Harbour Road Clinic",
    system: "private",
    network: null,
    odsCode: null,
    telephone: "01632 960298",
    beforeYouBook: clinicNotice,
    elements: [messageBuilder, unknownElement],
    places: [
      {
        name: "Harbour Road Clinic",
        address: { line_1: "50 Harbour Road", town: "Saltmere", postcode: "SM2 5HR" },
      },
    ],
    types: clinicTypes,
    staff: clinicStaff(["Naomi", "Flesher"], ["Ben", "Carlow"]),
  },
];
