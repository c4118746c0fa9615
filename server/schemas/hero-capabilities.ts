/**
 * What a practice can offer through Hero: its name on screens, and the operations whose refusal (403)
 * means that it is missing (assumption 6). `server/services/practices/report.ts` has the check of each.
 */
export const heroCapabilities = {
  practice: { name: "Practice details", operations: [] },
  capabilities: { name: "Capabilities", operations: ["getCapabilities"] },
  appointment_types: { name: "Appointment types", operations: ["listAppointmentTypes"] },
  locations: { name: "Locations", operations: ["listLocations"] },
  practitioners: { name: "Practitioners", operations: ["listPractitioners", "getPractitioner"] },
  slots: { name: "Free slots", operations: ["listSlots", "getSlot", "countSlots"] },
  appointment_reading: {
    name: "Reading appointments",
    operations: ["getAppointment", "getAppointmentStatus"],
  },
  appointment_booking: {
    name: "Booking appointments",
    operations: ["createAppointment", "editAppointment", "bookAppointment"],
  },
  appointment_changes: {
    name: "Changing appointments",
    operations: ["cancelAppointment", "rescheduleAppointment"],
  },
  configuration: { name: "Practice settings", operations: ["getConfiguration"] },
  practice_changes: { name: "Changing practice details", operations: ["updatePracticeGroup"] },
  booking_links: { name: "Booking links", operations: ["getBookingLink", "listBookingLinks"] },
  booking_link_creation: { name: "Creating booking links", operations: ["createBookingLink"] },
  booking_link_changes: { name: "Changing booking links", operations: ["updateBookingLink"] },
  forms: { name: "Forms", operations: ["listForms"] },
  form_links: { name: "Form links", operations: ["createFormLink"] },
  video_links: { name: "Video links", operations: ["createVideoLink"] },
  patient_registration: { name: "Registering patients", operations: ["registerPatient"] },
  ehr_candidates: { name: "EHR candidates", operations: ["listPatientEhrCandidates"] },
  ehr_connections: { name: "EHR connections", operations: ["connectPatientEhr"] },
  merge_previews: { name: "Merge previews", operations: ["previewPatientMerge"] },
  patient_merges: { name: "Merging patients", operations: ["mergePatient"] },
  attachments: { name: "Attachments", operations: ["listPatientAttachments"] },
  attachment_links: { name: "Attachment links", operations: ["createAttachmentLink"] },
  messages: { name: "Messages", operations: ["sendMessage", "getMessage"] },
  message_batches: {
    name: "Batch messages",
    operations: [
      "createBatchMessage",
      "listBatchMessages",
      "getBatchMessage",
      "sendBatchMessage",
      "listBatchMessageRecipients",
      "listBatchMessageSends",
    ],
  },
  templates: { name: "Templates", operations: ["listTemplates"] },
  automated_messages: {
    name: "Automated messages",
    operations: ["listAutomatedMessages", "getAutomatedMessage"],
  },
  form_responses: { name: "Form responses", operations: ["getFormResponse"] },
  tasks: { name: "Tasks", operations: ["listTasks", "getTask"] },
  task_changes: { name: "Changing tasks", operations: ["updateTask"] },
  admins: { name: "Staff", operations: ["listAdmins"] },
  elements: { name: "Elements", operations: ["listElements"] },
  webhooks: { name: "Webhooks", operations: ["listWebhooks"] },
  webhook_changes: { name: "Changing webhooks", operations: ["createWebhook", "deleteWebhook"] },
} as const satisfies Record<string, { name: string; operations: readonly string[] }>;

export type HeroCapability = keyof typeof heroCapabilities;

export const heroCapabilityIds = Object.keys(heroCapabilities) as [
  HeroCapability,
  ...HeroCapability[],
];

/**
 * Real calls show whether these are allowed: a test would change something at Hero, need the ID of a
 * patient's record, or read what only one screen shows.
 */
const learnedByUse: readonly HeroCapability[] = [
  "appointment_reading",
  "appointment_booking",
  "appointment_changes",
  "configuration",
  "practice_changes",
  "booking_link_creation",
  "booking_link_changes",
  "form_links",
  "video_links",
  "patient_registration",
  "ehr_candidates",
  "ehr_connections",
  "merge_previews",
  "patient_merges",
  "attachments",
  "attachment_links",
  "messages",
  "message_batches",
  "templates",
  "automated_messages",
  "form_responses",
  "tasks",
  "task_changes",
  "admins",
  "webhooks",
  "webhook_changes",
];

export const isLearnedByUse = (capability: HeroCapability) => learnedByUse.includes(capability);

export const capabilityOfOperation = (operation: string): HeroCapability | undefined =>
  heroCapabilityIds.find((id) =>
    (heroCapabilities[id].operations as readonly string[]).includes(operation),
  );
