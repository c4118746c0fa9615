/**
 * What a practice can offer through Hero: its name on screens, and the operations whose refusal (403)
 * means that it is missing (assumption 6). `server/services/practices/report.ts` has the check of each.
 */
export const heroCapabilities = {
  practice: { name: "Practice details", operations: [] },
  capabilities: { name: "Capabilities", operations: ["getCapabilities"] },
  appointment_types: { name: "Appointment types", operations: ["listAppointmentTypes"] },
  locations: { name: "Locations", operations: ["listLocations"] },
  practitioners: { name: "Practitioners", operations: ["listPractitioners"] },
  booking_links: { name: "Booking links", operations: ["getBookingLink", "listBookingLinks"] },
  booking_link_creation: { name: "Creating booking links", operations: ["createBookingLink"] },
  booking_link_changes: { name: "Changing booking links", operations: ["updateBookingLink"] },
  forms: { name: "Forms", operations: ["listForms"] },
  form_links: { name: "Form links", operations: ["createFormLink"] },
  elements: { name: "Elements", operations: ["listElements"] },
} as const satisfies Record<string, { name: string; operations: readonly string[] }>;

export type HeroCapability = keyof typeof heroCapabilities;

export const heroCapabilityIds = Object.keys(heroCapabilities) as [
  HeroCapability,
  ...HeroCapability[],
];

/** No test can try these without changing something at Hero: real calls show whether they are allowed. */
const learnedByUse: readonly HeroCapability[] = [
  "booking_link_creation",
  "booking_link_changes",
  "form_links",
];

export const isLearnedByUse = (capability: HeroCapability) => learnedByUse.includes(capability);

export const capabilityOfOperation = (operation: string): HeroCapability | undefined =>
  heroCapabilityIds.find((id) =>
    (heroCapabilities[id].operations as readonly string[]).includes(operation),
  );
