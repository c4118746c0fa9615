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
  booking_links: {
    name: "Booking links",
    operations: ["createBookingLink", "getBookingLink", "updateBookingLink", "listBookingLinks"],
  },
  forms: { name: "Forms", operations: ["listForms"] },
  form_links: { name: "Form links", operations: ["createFormLink"] },
  elements: { name: "Elements", operations: ["listElements"] },
} as const satisfies Record<string, { name: string; operations: readonly string[] }>;

export type HeroCapability = keyof typeof heroCapabilities;

export const heroCapabilityIds = Object.keys(heroCapabilities) as [
  HeroCapability,
  ...HeroCapability[],
];

export const capabilityOfOperation = (operation: string): HeroCapability | undefined =>
  heroCapabilityIds.find((id) =>
    (heroCapabilities[id].operations as readonly string[]).includes(operation),
  );
