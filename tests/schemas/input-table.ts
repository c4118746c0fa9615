import { z } from "zod";
import * as account from "@/server/schemas/account";
import * as activity from "@/server/schemas/activity";
import * as apiKeys from "@/server/schemas/api-keys";
import * as appointments from "@/server/schemas/appointments";
import * as bulk from "@/server/schemas/bulk-uploads";
import * as destinations from "@/server/schemas/destinations";
import * as elementSessions from "@/server/schemas/element-sessions";
import * as elements from "@/server/schemas/elements";
import * as events from "@/server/schemas/events";
import * as forms from "@/server/schemas/forms";
import * as linkInputs from "@/server/schemas/links/inputs";
import * as linkLists from "@/server/schemas/links/list";
import * as live from "@/server/schemas/live";
import * as merges from "@/server/schemas/merges";
import * as batches from "@/server/schemas/message-batches";
import * as messageAttachments from "@/server/schemas/message-attachments";
import * as messageTemplates from "@/server/schemas/message-templates";
import * as messages from "@/server/schemas/messages";
import * as organisations from "@/server/schemas/organisations";
import * as patientEhr from "@/server/schemas/patient-ehr";
import * as patientRecord from "@/server/schemas/patient-record";
import * as patients from "@/server/schemas/patients";
import * as placements from "@/server/schemas/placements";
import * as practices from "@/server/schemas/practices";
import * as results from "@/server/schemas/results";
import * as replays from "@/server/schemas/replays";
import * as tasks from "@/server/schemas/tasks";
import * as automatedMessages from "@/server/schemas/automated-messages";
import * as slots from "@/server/schemas/slots";
import * as deliveries from "@/server/schemas/webhook-deliveries";
import * as webhooks from "@/server/schemas/webhooks";
import {
  today,
  id,
  token,
  nonStrings,
  missing,
  blank,
  controls,
  invalidValues,
  withoutEmpty,
  withoutUndefined,
  invalidMessageBatch,
  invalidMessageDraft,
  invalidMessageText,
  invalidOwnText,
  invalidPrices,
  invalidTags,
  invalidTimes,
  invalidWholeNumber,
  messageBatch,
  messageDraft,
  invalidLimits,
  validLimits,
  apiKey,
  validPlacement,
  invalidPlacement,
  validDestination,
  invalidDestination,
  validTheme,
  invalidThemes,
} from "./invalid-inputs";

const invalidFingerprints: unknown[] = [
  ...missing,
  ...blank,
  ...nonStrings,
  7,
  "0".repeat(63),
  "0".repeat(65),
  "F".repeat(64),
  `${"0".repeat(63)}\n`,
];

/** What may be in a first line that is data. */
export const patientHeadings = [
  "9994294083",
  "999 429 4083",
  "'9994294083",
  '="9994294083"',
  "40502",
  "12/03/1984",
  "1984-03-12",
  "12 Mar 1984",
  "07-Oct-91",
  "AS1 6XX",
  "sarah@example.org",
  "07700 900123",
  "Sarah Thompson",
  "THOMPSON, Sarah",
  "Mohammed",
  "Mrs S Ward",
  "Newby",
  "Max",
];

const ehrPatient = { practiceId: id, patientId: "41", dateOfBirth: "2000-02-29" };
const invalidEhrPatient = {
  practiceId: invalidValues.rowId,
  patientId: invalidValues.heroId,
  dateOfBirth: [
    ...missing,
    ...blank,
    ...nonStrings,
    "2001-02-29",
    "29/02/2000",
    "1800-01-01",
    "2999-01-01",
  ],
};
const shownCandidate = { candidateKey: "a0".repeat(32), recordsKey: "b1".repeat(32) };
const invalidFingerprint = [...missing, ...blank, ...nonStrings, ...controls, "a0", "A".repeat(64)];
const invalidShownCandidate = { candidateKey: invalidFingerprint, recordsKey: invalidFingerprint };
const invalidFlags: unknown[] = [...missing, "", "true", "yes", 1, {}, []];

const invalidDeliveryFilters = {
  practiceId: withoutUndefined(invalidValues.rowId),
  eventType: withoutUndefined(["", "a\u0000b", "a\nb", "x".repeat(201), 7, ...nonStrings]),
  isLate: withoutUndefined(invalidFlags),
  period: withoutUndefined(["", "year", 7, ...nonStrings]),
};
const invalidReasons: unknown[] = [...nonStrings, 7, ...controls, "a".repeat(201)];

const invalidWeekdays = [
  null,
  "",
  "1",
  7,
  ["1"],
  [0],
  [8],
  [1.5],
  [null],
  Array.from({ length: 8 }, () => 1),
  { 0: 1 },
];

/** For each input a valid value, and for each of its fields invalid values. */
export const inputs: Record<
  string,
  { schema: z.ZodType; valid: Record<string, unknown>; fields: Record<string, unknown[]> }
> = {
  signInInput: {
    schema: account.signInInput,
    valid: { email: " Pat@Example.com ", password: "x" },
    fields: { email: invalidValues.email, password: invalidValues.submittedPassword },
  },
  signUpInput: {
    schema: account.signUpInput,
    valid: { name: "Zoë 👩🏽‍⚕️ O’Brien", email: "pat@example.com", password: "👍".repeat(12) },
    fields: {
      name: invalidValues.name,
      email: invalidValues.email,
      password: invalidValues.newPassword,
    },
  },
  verifyEmailInput: {
    schema: account.verifyEmailInput,
    valid: { token, password: "x" },
    fields: { token: invalidValues.token, password: invalidValues.submittedPassword },
  },
  openVerifyLinkInput: {
    schema: account.openVerifyLinkInput,
    valid: { token },
    fields: { token: invalidValues.token },
  },
  sendVerificationAgainInput: {
    schema: account.sendVerificationAgainInput,
    valid: { email: "pat@example.com" },
    fields: { email: invalidValues.email },
  },
  requestPasswordResetInput: {
    schema: account.requestPasswordResetInput,
    valid: { email: "pat@example.com" },
    fields: { email: invalidValues.email },
  },
  resetPasswordInput: {
    schema: account.resetPasswordInput,
    valid: { token, password: "twelve chars" },
    fields: { token: invalidValues.token, password: invalidValues.newPassword },
  },
  endSessionInput: {
    schema: account.endSessionInput,
    valid: { sessionId: id },
    fields: { sessionId: invalidValues.rowId },
  },
  listActivityInput: {
    schema: activity.listActivityInput,
    valid: { cursor: id, limit: 100 },
    fields: { cursor: withoutUndefined(invalidValues.rowId), limit: invalidValues.pageSize },
  },
  listDeliveriesInput: {
    schema: deliveries.listDeliveriesInput,
    valid: {
      practiceId: id,
      eventType: "robot.sneezed",
      state: "failed",
      isLate: true,
      period: "week",
      cursor: id,
      limit: 50,
    },
    fields: {
      ...invalidDeliveryFilters,
      state: withoutUndefined(["", "lost", 7, ...nonStrings]),
      cursor: withoutUndefined(invalidValues.rowId),
      limit: invalidValues.pageSize,
    },
  },
  deliveryAttentionInput: {
    schema: deliveries.deliveryAttentionInput,
    valid: { practiceId: id, eventType: "appointment.confirmed", isLate: false, period: "hour" },
    fields: invalidDeliveryFilters,
  },
  deliveryIdInput: {
    schema: deliveries.deliveryIdInput,
    valid: { deliveryId: id },
    fields: { deliveryId: invalidValues.rowId },
  },
  replayDeliveryInput: {
    schema: replays.replayDeliveryInput,
    valid: { deliveryId: id },
    fields: { deliveryId: invalidValues.rowId },
  },
  replayDeliveriesInput: {
    schema: replays.replayDeliveriesInput,
    valid: { since: "2026-11-01T09:30:00+00:00", practiceId: id },
    fields: {
      practiceId: withoutUndefined(invalidValues.rowId),
      since: [...missing, "", "yesterday", "2026-11-01", "2026-11-01T09:30:00", 7, ...nonStrings],
    },
  },
  endpointHealthInput: {
    schema: deliveries.endpointHealthInput,
    valid: { endpointId: id, period: "month" },
    fields: {
      endpointId: invalidValues.rowId,
      period: [...missing, "", "year", 7, ...nonStrings],
    },
  },
  listEventsInput: {
    schema: events.listEventsInput,
    valid: { type: "link.booked", practiceId: id, cursor: id, limit: 100 },
    fields: {
      type: ["", "link", "link.Booked", ["link.booked"], null, ...controls],
      practiceId: withoutUndefined(invalidValues.rowId),
      cursor: withoutUndefined(invalidValues.rowId),
      limit: invalidValues.pageSize,
    },
  },
  eventIdInput: {
    schema: events.eventIdInput,
    valid: { eventId: id },
    fields: { eventId: invalidValues.rowId },
  },
  listSendingsInput: {
    schema: events.listSendingsInput,
    valid: { destinationId: id, cursor: id, limit: 100 },
    fields: {
      destinationId: invalidValues.rowId,
      cursor: withoutUndefined(invalidValues.rowId),
      limit: invalidValues.pageSize,
    },
  },
  createBookingLinkInput: {
    schema: linkInputs.createBookingLinkInput,
    valid: {
      operationId: id,
      practiceId: id,
      appointmentTypeId: " 101 ",
      locationId: "5",
      practitionerId: "",
      patientId: null,
      ...validLimits,
    },
    fields: {
      operationId: invalidValues.rowId,
      practiceId: invalidValues.rowId,
      appointmentTypeId: invalidValues.heroId,
      locationId: invalidValues.heroId,
      practitionerId: withoutEmpty(invalidValues.heroId),
      patientId: withoutEmpty(invalidValues.heroId),
      reference: invalidOwnText,
      tags: invalidTags,
      ...invalidLimits,
    },
  },
  createFormLinkInput: {
    schema: linkInputs.createFormLinkInput,
    valid: {
      operationId: id,
      practiceId: id,
      formId: "60102",
      patientId: "",
      reference: "letter 17",
      tags: ["Autumn"],
      name: "",
      expiresOn: today,
      maxUses: 1,
    },
    fields: {
      operationId: invalidValues.rowId,
      practiceId: invalidValues.rowId,
      formId: [...missing, ...blank, ...nonStrings, 7, ...controls, "../1", "a".repeat(65)],
      patientId: withoutEmpty(invalidValues.heroId),
      reference: invalidOwnText,
      tags: invalidTags,
      name: invalidOwnText,
      expiresOn: invalidValues.localDate,
      maxUses: invalidValues.maxUses,
    },
  },
  createVideoLinkInput: {
    schema: linkInputs.createVideoLinkInput,
    valid: {
      operationId: id,
      practiceId: id,
      patientId: " 501 ",
      reference: "letter 17",
      tags: ["Autumn"],
      name: "",
      expiresOn: today,
    },
    fields: {
      operationId: invalidValues.rowId,
      practiceId: invalidValues.rowId,
      patientId: invalidValues.heroId,
      reference: invalidOwnText,
      tags: invalidTags,
      name: invalidOwnText,
      expiresOn: invalidValues.localDate,
    },
  },
  updateLinksInput: {
    schema: linkInputs.updateLinksInput,
    valid: { changes: [{ linkId: id, expiresOn: today, isClosed: false, tags: ["a"] }] },
    fields: {
      changes: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        [{ linkId: "1" }],
        [{ linkId: id, expiresOn: "tomorrow" }],
        Array.from({ length: 26 }, () => ({ linkId: id })),
      ],
    },
  },
  resolveLinkInput: {
    schema: linkInputs.resolveLinkInput,
    valid: { linkId: id, url: " https://bookings.example/s/a " },
    fields: {
      linkId: invalidValues.rowId,
      url: [
        " ",
        ...nonStrings,
        7,
        "bookings.example/s/a",
        "javascript:alert(1)",
        "https://a@b/s/c",
        `https://${"a".repeat(2000)}`,
      ],
    },
  },
  livePositionInput: {
    schema: live.livePositionInput,
    valid: { lastEventId: "120" },
    fields: {
      lastEventId: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        "-1",
        "1.5",
        "1e3",
        "1".repeat(16),
        "1\n",
      ],
    },
  },
  saveLinkViewInput: {
    schema: linkLists.saveLinkViewInput,
    valid: { name: "Live ones", query: "state=live&q=flu+clinic" },
    fields: {
      name: [...missing, ...blank, ...nonStrings, 7, ...controls, "a".repeat(41)],
      query: [
        ...missing,
        ...nonStrings,
        7,
        "a".repeat(501),
        "q=a\u0000",
        "q=999+000+0018",
        "q=999%20000%200018",
      ],
    },
  },
  savedLinkViewIdInput: {
    schema: linkLists.savedLinkViewIdInput,
    valid: { viewId: id },
    fields: { viewId: invalidValues.rowId },
  },
  createBulkUploadInput: {
    schema: bulk.createBulkUploadInput,
    valid: {
      operationId: id,
      name: "Flu",
      kind: "form",
      rowCount: 50_000,
      allowsDuplicates: true,
      columns: { reference: "Ref" },
    },
    fields: {
      operationId: invalidValues.rowId,
      name: invalidValues.name,
      kind: [...missing, ...blank, ...nonStrings, 7, "poem"],
      rowCount: [...missing, "", "7", ...nonStrings, 0, -1, 1.5, 50_001],
      allowsDuplicates: ["", "true", 1, null, []],
      columns: [
        ...missing,
        "",
        7,
        true,
        [],
        { reference: 1 },
        { reference: "Reference ".repeat(30) },
        { colour: "Reference" },
        { "9990000018": "Reference" },
        ...patientHeadings.map((heading) => ({ reference: heading })),
      ],
    },
  },
  addBulkUploadRowsInput: {
    schema: bulk.addBulkUploadRowsInput,
    valid: {
      bulkUploadId: id,
      rows: [{ rowNumber: 1, practiceId: id, expiresOn: today, maxUses: 1 }],
    },
    fields: {
      bulkUploadId: invalidValues.rowId,
      rows: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        [{ rowNumber: 0, practiceId: id, expiresOn: today, maxUses: 1 }],
        [{ rowNumber: 1, practiceId: "1", expiresOn: today, maxUses: 1 }],
      ],
    },
  },
  bulkUploadIdInput: {
    schema: bulk.bulkUploadIdInput,
    valid: { bulkUploadId: id },
    fields: { bulkUploadId: invalidValues.rowId },
  },
  startBulkUploadInput: {
    schema: bulk.startBulkUploadInput,
    valid: { bulkUploadId: id, confirmedRecipients: 482 },
    fields: {
      bulkUploadId: invalidValues.rowId,
      confirmedRecipients: [null, "", "482", ...nonStrings, 1.5],
    },
  },
  listBulkUploadRowsInput: {
    schema: bulk.listBulkUploadRowsInput,
    valid: { bulkUploadId: id, state: "failed", cursor: 100 },
    fields: {
      bulkUploadId: invalidValues.rowId,
      state: [null, "", "lost", ...nonStrings],
      cursor: [null, "", "1", ...nonStrings, -1, 1.5],
    },
  },
  createApiKeyInput: {
    schema: apiKeys.createApiKeyInput,
    valid: { name: "Server", permissions: ["links.read", "links.read"] },
    fields: {
      name: invalidValues.name,
      permissions: [...missing, ...blank, ...nonStrings, 7, ["links.delete"], ["practices.manage"]],
    },
  },
  apiKeyIdInput: {
    schema: apiKeys.apiKeyIdInput,
    valid: { apiKeyId: id },
    fields: { apiKeyId: invalidValues.rowId },
  },
  practiceElementsInput: {
    schema: elements.practiceElementsInput,
    valid: { practiceId: id },
    fields: { practiceId: invalidValues.rowId },
  },
  subscribeInput: {
    schema: webhooks.subscribeInput,
    valid: { practices: [{ practiceId: id, eventTypes: ["appointment.confirmed"] }] },
    fields: {
      practices: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        [{ practiceId: id }],
        [{ practiceId: "1", eventTypes: [] }],
        [{ practiceId: id, eventTypes: ["appointment.created"] }],
        [{ practiceId: id, eventTypes: ["toString"] }],
        Array.from({ length: 501 }, () => ({ practiceId: id, eventTypes: [] })),
      ],
    },
  },
  webhookPracticesInput: {
    schema: webhooks.webhookPracticesInput,
    valid: { practiceIds: [id] },
    fields: {
      practiceIds: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        ["1"],
        [null],
        Array.from({ length: 501 }, () => id),
      ],
    },
  },
  endpointIdInput: {
    schema: webhooks.endpointIdInput,
    valid: { endpointId: id },
    fields: { endpointId: invalidValues.rowId },
  },
  acknowledgeScriptInput: {
    schema: elements.acknowledgeScriptInput,
    valid: { url: "https://scripts.example.org/latest.js", sha256: "0a".repeat(32) },
    fields: {
      url: [...missing, ...blank, ...nonStrings, 7, "scripts"],
      sha256: [...missing, ...blank, ...nonStrings, 7, "0A".repeat(32), "0a".repeat(31)],
    },
  },
  createPlacementInput: {
    schema: placements.createPlacementInput,
    valid: { element: "hh-message-builder", ...validPlacement, theme: null },
    fields: {
      element: [...missing, ...blank, ...nonStrings, 7, "hh-booking", "toString"],
      ...invalidPlacement,
      theme: invalidThemes,
    },
  },
  updatePlacementInput: {
    schema: placements.updatePlacementInput,
    valid: { placementId: id, ...validPlacement },
    fields: { placementId: invalidValues.rowId, ...invalidPlacement },
  },
  setPlacementThemeInput: {
    schema: placements.setPlacementThemeInput,
    valid: { placementId: id, theme: validTheme },
    fields: { placementId: invalidValues.rowId, theme: invalidThemes },
  },
  placementIdInput: {
    schema: placements.placementIdInput,
    valid: { placementId: id },
    fields: { placementId: invalidValues.rowId },
  },
  switchPlacementInput: {
    schema: placements.switchPlacementInput,
    valid: { placementId: id, isOn: false },
    fields: {
      placementId: invalidValues.rowId,
      isOn: [...missing, ...blank, 0, 1, "true", [], {}],
    },
  },
  createDestinationInput: {
    schema: destinations.createDestinationInput,
    valid: validDestination,
    fields: invalidDestination,
  },
  updateDestinationInput: {
    schema: destinations.updateDestinationInput,
    valid: { destinationId: id, ...validDestination },
    fields: { destinationId: invalidValues.rowId, ...invalidDestination },
  },
  destinationIdInput: {
    schema: destinations.destinationIdInput,
    valid: { destinationId: id },
    fields: { destinationId: invalidValues.rowId },
  },
  destinationSecretInput: {
    schema: destinations.destinationSecretInput,
    valid: { destinationId: id, secretId: id },
    fields: { destinationId: invalidValues.rowId, secretId: invalidValues.rowId },
  },
  resendEventInput: {
    schema: destinations.resendEventInput,
    valid: { destinationId: id, eventId: id },
    fields: { destinationId: invalidValues.rowId, eventId: invalidValues.rowId },
  },
  recoverEventsInput: {
    schema: destinations.recoverEventsInput,
    valid: { destinationId: id, since: "2026-11-27T09:00:00Z" },
    fields: {
      destinationId: invalidValues.rowId,
      since: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        "yesterday",
        "2026-11-27",
        "2026-02-30T09:00:00Z",
        "2026-11-27T09:00:00",
        "2026-11-27T09:00:00+01:00",
      ],
    },
  },
  switchDestinationInput: {
    schema: destinations.switchDestinationInput,
    valid: { destinationId: id, isOn: true },
    fields: {
      destinationId: invalidValues.rowId,
      isOn: [...missing, ...blank, 0, 1, "true", [], {}],
    },
  },
  createPortalElementSessionInput: {
    schema: elementSessions.createPortalElementSessionInput,
    valid: { practiceId: id, patientId: "" },
    fields: { practiceId: invalidValues.rowId, patientId: withoutEmpty(invalidValues.heroId) },
  },
  updateLinkInput: {
    schema: linkInputs.updateLinkInput,
    valid: { linkId: id, ...validLimits },
    fields: { linkId: invalidValues.rowId, ...invalidLimits },
  },
  resultsInput: {
    schema: results.resultsInput,
    valid: {
      from: "2026-03-01",
      to: "2026-03-31",
      groupBy: "tag",
      practiceId: id,
      kind: "form",
      audience: "generic",
      tag: "Autumn",
      bulkUploadId: id,
    },
    fields: {
      from: [...missing, ...blank, ...nonStrings, "2026-02-29", "1 March"],
      to: [...missing, ...blank, ...nonStrings, "2026-02-29", "2026-02-28", "2027-03-31"],
      groupBy: withoutUndefined(["", "mood", 7, ...nonStrings]),
      practiceId: withoutUndefined(invalidValues.rowId),
      kind: withoutUndefined(["", "poem", 7, ...nonStrings]),
      audience: withoutUndefined(["", "everyone", 7, ...nonStrings]),
      tag: withoutUndefined(["", 7, "a,b", "#a", "999 000 0018", ...nonStrings]),
      bulkUploadId: withoutUndefined(invalidValues.rowId),
    },
  },
  overviewInput: {
    schema: results.overviewInput,
    valid: { practiceId: id },
    fields: { practiceId: withoutUndefined(invalidValues.rowId) },
  },
  linkIdInput: {
    schema: linkInputs.linkIdInput,
    valid: { linkId: id },
    fields: { linkId: invalidValues.rowId },
  },
  findLinkByOperationInput: {
    schema: linkInputs.findLinkByOperationInput,
    valid: { operationId: id },
    fields: { operationId: invalidValues.rowId },
  },
  listLinksInput: {
    schema: linkLists.listLinksInput,
    valid: {
      practiceId: id,
      kind: "form",
      audience: "generic",
      state: "stopped",
      tag: "Autumn",
      ownerId: id,
      bulkUploadId: id,
      isUsed: "yes",
      bookedSince: "yesterday",
      q: " flu ",
      sort: "expires_first",
      cursor: `2027-01-01_${id}`,
      limit: 1,
    },
    fields: {
      practiceId: withoutUndefined(invalidValues.rowId),
      kind: withoutUndefined(["", "poem", 7, ...nonStrings]),
      audience: withoutUndefined(["", "everyone", 7, ...nonStrings]),
      state: withoutUndefined(["", "lost", 7, ...nonStrings]),
      tag: withoutUndefined(["", 7, "a,b", "#a", "999 000 0018", ...nonStrings]),
      ownerId: withoutUndefined(invalidValues.rowId),
      bulkUploadId: withoutUndefined(invalidValues.rowId),
      isUsed: withoutUndefined(["", "maybe", ...nonStrings]),
      bookedSince: withoutUndefined(["", "1999", 7, ...nonStrings]),
      q: [...invalidOwnText.filter((value) => !String(value).startsWith("aaaa")), "a".repeat(301)],
      sort: withoutUndefined(["", "by name", 7, ...nonStrings]),
      cursor: withoutUndefined([...invalidValues.rowId, `${id}_${id}`, `2027-01-01${id}`]),
      limit: invalidValues.pageSize,
    },
  },
  listFormsInput: {
    schema: forms.listFormsInput,
    valid: { practiceId: id, search: " asthma ", formType: "care_navigation" },
    fields: {
      practiceId: invalidValues.rowId,
      search: [...invalidValues.optionalName, "999 000 0018"],
      formType: withoutUndefined(["", "poem", "QUESTIONNAIRE", 7, ...nonStrings]),
    },
  },
  formIdInput: {
    schema: forms.formIdInput,
    valid: { practiceId: id, formId: " 60102 " },
    fields: {
      practiceId: invalidValues.rowId,
      formId: [...missing, ...blank, ...nonStrings, 7, ...controls, "../1", "a".repeat(65)],
    },
  },
  countSlotsInput: {
    schema: slots.countSlotsInput,
    valid: {
      practiceId: id,
      appointmentTypeId: "101",
      locationId: "",
      practitionerId: null,
      slotsFrom: "2027-03-28",
      slotsTo: "2027-03-28",
    },
    fields: {
      practiceId: invalidValues.rowId,
      appointmentTypeId: invalidValues.heroId,
      locationId: withoutEmpty(invalidValues.heroId),
      practitionerId: withoutEmpty(invalidValues.heroId),
      slotsFrom: withoutEmpty(invalidValues.localDate),
      slotsTo: withoutEmpty(invalidValues.localDate),
    },
  },
  listSlotsInput: {
    schema: slots.listSlotsInput,
    valid: {
      practiceId: id,
      appointmentTypeId: "101",
      locationId: "",
      practitionerId: null,
      weekdays: [1, 7],
      firstDay: "2027-03-28",
    },
    fields: {
      practiceId: invalidValues.rowId,
      appointmentTypeId: invalidValues.heroId,
      locationId: withoutEmpty(invalidValues.heroId),
      practitionerId: withoutEmpty(invalidValues.heroId),
      weekdays: invalidWeekdays,
      firstDay: invalidValues.localDate,
    },
  },
  findNextSlotInput: {
    schema: slots.findNextSlotInput,
    valid: { practiceId: id, appointmentTypeId: "101", locationId: "", practitionerId: null },
    fields: {
      practiceId: invalidValues.rowId,
      appointmentTypeId: invalidValues.heroId,
      locationId: withoutEmpty(invalidValues.heroId),
      practitionerId: withoutEmpty(invalidValues.heroId),
      weekdays: invalidWeekdays,
    },
  },
  reserveAppointmentInput: {
    schema: appointments.reserveAppointmentInput,
    valid: {
      operationId: id,
      practiceId: id,
      patientId: " 901 ",
      slotId: "11",
      appointmentTypeId: "101",
      locationId: "5",
      startsAt: "2027-03-28T09:00:00.000Z",
      confirmedRestricted: true,
    },
    fields: {
      operationId: invalidValues.rowId,
      practiceId: invalidValues.rowId,
      patientId: invalidValues.heroId,
      slotId: invalidValues.heroId,
      appointmentTypeId: invalidValues.heroId,
      locationId: invalidValues.heroId,
      startsAt: [
        null,
        ...blank,
        ...nonStrings,
        7,
        "2027-03-28",
        "2027-03-28T09:00:00Z",
        "2027-03-28T09:00:00.000+01:00",
        "2027-13-28T09:00:00.000Z",
        "1999-03-28T09:00:00.000Z",
        "2027-03-28T24:00:00.000Z",
      ],
      confirmedRestricted: withoutUndefined(invalidFlags),
    },
  },
  bookAppointmentInput: {
    schema: appointments.bookAppointmentInput,
    valid: { operationId: id, appointmentId: id, reason: " Sore throat ", tellPatient: false },
    fields: {
      operationId: invalidValues.rowId,
      appointmentId: invalidValues.rowId,
      reason: invalidReasons,
      tellPatient: invalidFlags,
      confirmedRestricted: withoutUndefined(invalidFlags),
    },
  },
  editAppointmentInput: {
    schema: appointments.editAppointmentInput,
    valid: { operationId: id, appointmentId: id, slotId: "11" },
    fields: {
      operationId: invalidValues.rowId,
      appointmentId: invalidValues.rowId,
      slotId: invalidValues.heroId,
      confirmedRestricted: withoutUndefined(invalidFlags),
    },
  },
  releaseAppointmentInput: {
    schema: appointments.releaseAppointmentInput,
    valid: { operationId: id, appointmentId: id },
    fields: { operationId: invalidValues.rowId, appointmentId: invalidValues.rowId },
  },
  cancelAppointmentInput: {
    schema: appointments.cancelAppointmentInput,
    valid: { operationId: id, appointmentId: id, tellPatient: true },
    fields: {
      operationId: invalidValues.rowId,
      appointmentId: invalidValues.rowId,
      tellPatient: invalidFlags,
      isLate: withoutUndefined(invalidFlags),
    },
  },
  rescheduleAppointmentInput: {
    schema: appointments.rescheduleAppointmentInput,
    valid: { operationId: id, appointmentId: id, slotId: "11", tellPatient: true },
    fields: {
      operationId: invalidValues.rowId,
      appointmentId: invalidValues.rowId,
      slotId: invalidValues.heroId,
      tellPatient: invalidFlags,
      confirmedRestricted: withoutUndefined(invalidFlags),
    },
  },
  appointmentIdInput: {
    schema: appointments.appointmentIdInput,
    valid: { appointmentId: id },
    fields: { appointmentId: invalidValues.rowId },
  },
  listAppointmentsInput: {
    schema: appointments.listAppointmentsInput,
    valid: { practiceId: id, patientId: "", day: "2027-03-28", cursor: `1806224400000_${id}` },
    fields: {
      practiceId: withoutUndefined(invalidValues.rowId),
      patientId: withoutEmpty(invalidValues.heroId),
      state: withoutUndefined(["", "lost", 7, ...nonStrings]),
      day: withoutEmpty(invalidValues.localDate),
      isUpcoming: withoutUndefined(invalidFlags),
      isActive: withoutUndefined(invalidFlags),
      cursor: withoutUndefined([...invalidValues.rowId, id, `${id}_1`, `-1_${id}`]),
      limit: invalidValues.pageSize,
    },
  },
  previewMessageInput: {
    schema: messages.previewMessageInput,
    valid: { ...messageDraft, text: "" },
    fields: { ...invalidMessageDraft, text: invalidMessageText },
  },
  sendMessageInput: {
    schema: messages.sendMessageInput,
    valid: { ...messageDraft, operationId: id, previewFingerprint: "0".repeat(64) },
    fields: {
      ...invalidMessageDraft,
      text: [...blank, ...invalidMessageText],
      operationId: invalidValues.rowId,
      previewFingerprint: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        ...controls,
        "0".repeat(63),
        "0".repeat(65),
        "G".repeat(64),
      ],
      confirmed: withoutUndefined([
        ...missing,
        "under_16",
        ["anything"],
        [""],
        Array.from({ length: 6 }, () => "under_16"),
      ]),
      sendAt: [
        ...blank,
        ...nonStrings,
        7,
        "2027-03-28",
        "2027-03-28T09:00:00Z",
        "2027-03-28T09:00:00.000+01:00",
        "2027-13-28T09:00:00.000Z",
      ],
    },
  },
  createMessageBatchInput: {
    schema: batches.createMessageBatchInput,
    valid: { ...messageBatch, rowCount: 50_000 },
    fields: { ...invalidMessageBatch, rowCount: invalidWholeNumber(0, 50_001) },
  },
  createMessageBatchFromLinksInput: {
    schema: batches.createMessageBatchFromLinksInput,
    valid: { ...messageBatch, filters: { practiceId: id, isUsed: "no" } },
    fields: {
      ...invalidMessageBatch,
      filters: [...missing, "", 7, [], { practiceId: "1" }, { state: "lost" }, { q: "a\u0000b" }],
    },
  },
  createCorrectionInput: {
    schema: batches.createCorrectionInput,
    valid: { operationId: id, batchId: id, name: "Correction", text: "Please ignore our message." },
    fields: {
      operationId: invalidValues.rowId,
      batchId: invalidValues.rowId,
      name: invalidMessageBatch.name,
      text: invalidMessageBatch.text,
    },
  },
  addMessageRecipientsInput: {
    schema: batches.addMessageRecipientsInput,
    valid: {
      batchId: id,
      rows: [
        { rowNumber: 2, patientId: "901" },
        {
          rowNumber: 3,
          identity: { by: "nhs_number", nhsNumber: "999 000 0018", dateOfBirth: "1980-01-01" },
        },
      ],
    },
    fields: {
      batchId: invalidValues.rowId,
      rows: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        [7],
        [{ rowNumber: 2 }],
        [{ rowNumber: 0, patientId: "901" }],
        [{ rowNumber: 1_048_577, patientId: "901" }],
        [{ rowNumber: 2, patientId: "P901" }],
        [
          {
            rowNumber: 2,
            identity: { by: "nhs_number", nhsNumber: "999 000 0019", dateOfBirth: "1980-01-01" },
          },
        ],
        Array.from({ length: 1_001 }, (_, index) => ({ rowNumber: index + 1, patientId: "901" })),
      ],
    },
  },
  messageBatchIdInput: {
    schema: batches.messageBatchIdInput,
    valid: { batchId: id },
    fields: { batchId: invalidValues.rowId },
  },
  messageBatchOperationInput: {
    schema: batches.messageBatchOperationInput,
    valid: { operationId: id },
    fields: { operationId: invalidValues.rowId },
  },
  sendMessageBatchInput: {
    schema: batches.sendMessageBatchInput,
    valid: {
      batchId: id,
      snapshot: "0".repeat(64),
      confirmed: ["shared_contacts"],
      practiceName: "Anytown Surgery",
      sendAt: null,
    },
    fields: {
      batchId: invalidValues.rowId,
      snapshot: invalidFingerprints,
      confirmed: withoutUndefined([
        ...missing,
        "shared_contacts",
        ["anything"],
        [""],
        Array.from({ length: 9 }, () => "shared_contacts"),
      ]),
      practiceName: withoutUndefined([null, 7, ...nonStrings, "a".repeat(201)]),
      sendAt: [...blank, ...nonStrings, 7, "2027-03-28", "2027-03-28T09:00:00Z"],
    },
  },
  approveMessageBatchInput: {
    schema: batches.approveMessageBatchInput,
    valid: { batchId: id, snapshot: "0".repeat(64), practiceName: "Anytown Surgery" },
    fields: {
      batchId: invalidValues.rowId,
      snapshot: invalidFingerprints,
      practiceName: withoutUndefined([null, 7, ...nonStrings, "a".repeat(201)]),
    },
  },
  refuseMessageBatchInput: {
    schema: batches.refuseMessageBatchInput,
    valid: { batchId: id, reason: "The wrong list." },
    fields: {
      batchId: invalidValues.rowId,
      reason: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        ...controls,
        "a".repeat(501),
        "999 000 0018",
      ],
    },
  },
  previewRecipientInput: {
    schema: batches.previewRecipientInput,
    valid: { batchId: id, rowNumber: 2 },
    fields: { batchId: invalidValues.rowId, rowNumber: invalidWholeNumber(0, 1_048_577) },
  },
  listMessageBatchesInput: {
    schema: batches.listMessageBatchesInput,
    valid: { practiceId: id, state: "paused", cursor: id, limit: 100 },
    fields: {
      practiceId: withoutUndefined(invalidValues.rowId),
      state: withoutUndefined(["", "lost", 7, ...nonStrings]),
      cursor: withoutUndefined(invalidValues.rowId),
      limit: invalidValues.pageSize,
    },
  },
  listBatchResultsInput: {
    schema: batches.listBatchResultsInput,
    valid: { batchId: id, outcome: "unknown", cursor: 100, limit: 100 },
    fields: {
      batchId: invalidValues.rowId,
      outcome: withoutUndefined(["", "lost", 7, ...nonStrings]),
      cursor: withoutUndefined(invalidWholeNumber(-1, 1_048_577)),
      limit: invalidValues.pageSize,
    },
  },
  stopRemindersForRecipientInput: {
    schema: batches.stopRemindersForRecipientInput,
    valid: { batchId: id, patientId: "901" },
    fields: { batchId: invalidValues.rowId, patientId: invalidValues.heroId },
  },
  messageIdInput: {
    schema: messages.messageIdInput,
    valid: { messageId: id },
    fields: { messageId: invalidValues.rowId },
  },
  messageOperationInput: {
    schema: messages.messageOperationInput,
    valid: { operationId: id },
    fields: { operationId: invalidValues.rowId },
  },
  listMessagesInput: {
    schema: messages.listMessagesInput,
    valid: { practiceId: id, patientId: "", state: "held", cursor: id, limit: 100 },
    fields: {
      practiceId: withoutUndefined(invalidValues.rowId),
      patientId: withoutEmpty(invalidValues.heroId),
      state: withoutUndefined(["", "lost", 7, ...nonStrings]),
      cursor: withoutUndefined(invalidValues.rowId),
      limit: invalidValues.pageSize,
    },
  },
  uploadMessageFileInput: {
    schema: messageAttachments.uploadMessageFileInput,
    valid: {
      operationId: id,
      practiceId: id,
      patientId: "901",
      name: " Clinic letter.pdf ",
      data: "JVBERi0xLjcK",
    },
    fields: {
      operationId: invalidValues.rowId,
      practiceId: invalidValues.rowId,
      patientId: invalidValues.heroId,
      name: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        ...controls,
        "letter",
        "pdf",
        "letter.exe",
        "letter.pdf.html",
        ".pdf",
        "../letter.pdf",
        "a\\b.pdf",
        "a\u202efdp.pdf",
        `${"a".repeat(120)}.pdf`,
      ],
      data: [...missing, "", ...nonStrings, 7, "JVBERi0", "%PDF-1.7", "A".repeat(2_666_672)],
    },
  },
  attachRecordFileInput: {
    schema: messageAttachments.attachRecordFileInput,
    valid: { operationId: id, practiceId: id, patientId: "901", fileId: " 7001 " },
    fields: {
      operationId: invalidValues.rowId,
      practiceId: invalidValues.rowId,
      patientId: invalidValues.heroId,
      fileId: [...missing, ...blank, ...nonStrings, 7, ...controls, "../1", "a".repeat(101)],
    },
  },
  listTasksInput: {
    schema: tasks.listTasksInput,
    valid: { practiceId: id, state: "in_progress", assignee: "80101", page: 3 },
    fields: {
      practiceId: invalidValues.rowId,
      state: withoutUndefined(["", "unknown", "OPEN", 7, ...nonStrings]),
      assignee: withoutUndefined(["", "somebody", "nobody ", "1".repeat(21), 7, ...nonStrings]),
      page: withoutUndefined([null, "", "1", -1, 0.5, 1001, {}, []]),
    },
  },
  messageTasksInput: {
    schema: tasks.messageTasksInput,
    valid: { messageId: id },
    fields: { messageId: invalidValues.rowId },
  },
  linkTasksInput: {
    schema: tasks.linkTasksInput,
    valid: { linkId: id },
    fields: { linkId: invalidValues.rowId },
  },
  taskInput: {
    schema: tasks.taskInput,
    valid: { practiceId: id, taskId: "970001" },
    fields: { practiceId: invalidValues.rowId, taskId: invalidValues.heroId },
  },
  updateTaskInput: {
    schema: tasks.updateTaskInput,
    valid: {
      practiceId: id,
      taskId: "970001",
      version: "0".repeat(64),
      state: "closed",
      priority: "lowest",
      adminId: "",
    },
    fields: {
      practiceId: invalidValues.rowId,
      taskId: invalidValues.heroId,
      version: invalidFingerprints,
      state: withoutUndefined(["", "unknown", 7, ...nonStrings]),
      priority: withoutUndefined(["", "urgent", 7, ...nonStrings]),
      adminId: withoutEmpty(invalidValues.heroId),
    },
  },
  formResponseInput: {
    schema: tasks.formResponseInput,
    valid: { linkId: id, formResponseId: "950001" },
    fields: { linkId: invalidValues.rowId, formResponseId: invalidValues.heroId },
  },
  listAutomatedMessagesInput: {
    schema: automatedMessages.listAutomatedMessagesInput,
    valid: { practiceId: id },
    fields: { practiceId: invalidValues.rowId },
  },
  automatedMessageInput: {
    schema: automatedMessages.automatedMessageInput,
    valid: { practiceId: id, automatedMessageId: "am_7-Z" },
    fields: {
      practiceId: invalidValues.rowId,
      automatedMessageId: [
        ...missing,
        ...blank,
        ...nonStrings,
        7,
        ...controls,
        "../me",
        "1?x=1",
        "1".repeat(65),
      ],
    },
  },
  setSensitiveContactInput: {
    schema: messages.setSensitiveContactInput,
    valid: { practiceId: id, patientId: "901", isSensitive: true },
    fields: {
      practiceId: invalidValues.rowId,
      patientId: invalidValues.heroId,
      isSensitive: invalidFlags,
    },
  },
  listMessageTemplatesInput: {
    schema: messages.listMessageTemplatesInput,
    valid: { practiceId: id },
    fields: { practiceId: withoutUndefined(invalidValues.rowId) },
  },
  saveMessageTemplateInput: {
    schema: messageTemplates.saveMessageTemplateInput,
    valid: {
      templateId: null,
      name: " Flu clinic ",
      text: "Dear {{first_name}},\nplease ring us.",
    },
    fields: {
      templateId: withoutUndefined(invalidValues.rowId).filter((value) => value !== null),
      name: invalidValues.name,
      text: [
        ...blank,
        ...invalidMessageText,
        "Dear {{first_name, please ring us.",
        "Dear {{First Name}}, please ring us.",
        "Dear {{{first_name}}}, please ring us.",
        "Book at x{{link}}",
        Array.from({ length: 21 }, (_, index) => `{{v${index}}}`).join(" "),
      ],
    },
  },
  messageTemplateIdInput: {
    schema: messages.messageTemplateIdInput,
    valid: { templateId: id },
    fields: { templateId: invalidValues.rowId },
  },
  saveMessageSettingsInput: {
    schema: messages.saveMessageSettingsInput,
    valid: {
      undoSeconds: 10,
      quietFrom: "20:00",
      quietTo: "08:00",
      smsPence: 4.2,
      islandSmsPence: null,
      textDays: 0,
      batchUndoSeconds: 60,
      approvalThreshold: 20,
      firstSlice: 20,
      dailyLimit: 20_000,
      practiceDailyLimit: 10_000,
      recentDays: 7,
    },
    fields: {
      undoSeconds: invalidWholeNumber(4, 121),
      quietFrom: invalidTimes,
      quietTo: invalidTimes,
      smsPence: invalidPrices,
      islandSmsPence: invalidPrices,
      textDays: invalidWholeNumber(-1, 31),
      batchUndoSeconds: invalidWholeNumber(9, 601),
      approvalThreshold: invalidWholeNumber(-1, 50_001),
      firstSlice: invalidWholeNumber(-1, 1_001),
      dailyLimit: invalidWholeNumber(0, 200_001),
      practiceDailyLimit: invalidWholeNumber(0, 200_001),
      recentDays: invalidWholeNumber(-1, 31),
    },
  },
  lookUpPatientInput: {
    schema: patients.lookUpPatientInput,
    valid: {
      practiceId: id,
      identity: { by: "nhs_number", nhsNumber: "999 000 0018", dateOfBirth: "1980-01-01" },
    },
    fields: {
      practiceId: invalidValues.rowId,
      identity: [...missing, ...blank, ...nonStrings, 7, "nhs_number", { by: "name" }],
    },
  },
  compareWithEhrInput: {
    schema: patientEhr.compareWithEhrInput,
    valid: ehrPatient,
    fields: invalidEhrPatient,
  },
  connectToEhrInput: {
    schema: patientEhr.connectToEhrInput,
    valid: {
      ...ehrPatient,
      ...shownCandidate,
      operationId: id,
      confirmedDifferences: ["sex", "postcode"],
    },
    fields: {
      ...invalidEhrPatient,
      ...invalidShownCandidate,
      operationId: invalidValues.rowId,
      confirmedDifferences: [
        ...missing,
        "sex",
        {},
        ["gender"],
        Array.from({ length: 7 }, () => "sex"),
      ],
    },
  },
  rejectEhrCandidateInput: {
    schema: patientEhr.rejectEhrCandidateInput,
    valid: { ...ehrPatient, ...shownCandidate, reason: "relative" },
    fields: {
      ...invalidEhrPatient,
      ...invalidShownCandidate,
      reason: [...missing, ...blank, ...nonStrings, "because her name is Smith"],
    },
  },
  restoreEhrCandidateInput: {
    schema: patientEhr.restoreEhrCandidateInput,
    valid: { practiceId: id, patientId: "41", candidateKey: shownCandidate.candidateKey },
    fields: {
      practiceId: invalidValues.rowId,
      patientId: invalidValues.heroId,
      candidateKey: invalidShownCandidate.candidateKey,
    },
  },
  registerPatientInput: {
    schema: patients.registerPatientInput,
    valid: {
      operationId: id,
      practiceId: id,
      forename: "Noor",
      surname: "Example",
      dateOfBirth: "1980-02-29",
      postcode: "kt26qw",
      nhsNumber: "",
      sex: "",
      addressLine: " ",
      mobile: "+44 7700 900123",
      email: "noor@example.org",
    },
    fields: {
      operationId: invalidValues.rowId,
      practiceId: invalidValues.rowId,
      forename: invalidValues.name,
      surname: invalidValues.name,
      dateOfBirth: [
        ...missing,
        ...blank,
        ...nonStrings,
        "1981-02-29",
        "2999-01-01",
        "80-01-01",
        "1800-01-01",
        "1980-01",
      ],
      postcode: [...missing, ...blank, ...nonStrings, "KT2", "nowhere"],
      nhsNumber: [
        ...nonStrings,
        "1111111111",
        "0000000000",
        "9991234567",
        "999000001",
        "QQ123456C",
      ],
      sex: ["F", 7],
      addressLine: ["x".repeat(121), 7],
      mobile: [...nonStrings, "12345", "07700 900 12x"],
      email: [...nonStrings, "noor@", "noor example.org"],
    },
  },
  patientRecordInput: {
    schema: patientRecord.patientRecordInput,
    valid: { practiceId: id, patientId: " 40502 " },
    fields: { practiceId: invalidValues.rowId, patientId: invalidValues.heroId },
  },
  createFileLinkInput: {
    schema: patientRecord.createFileLinkInput,
    valid: { practiceId: id, patientId: "40502", fileId: " 7001 " },
    fields: {
      practiceId: invalidValues.rowId,
      patientId: invalidValues.heroId,
      fileId: [...missing, ...blank, ...nonStrings, 7, ...controls, "../1", "a".repeat(101)],
    },
  },
  previewMergeInput: {
    schema: merges.previewMergeInput,
    valid: { practiceId: id, patientId: "1", otherPatientId: " 2" },
    fields: {
      practiceId: invalidValues.rowId,
      patientId: invalidValues.heroId,
      otherPatientId: [...invalidValues.heroId, "1"],
    },
  },
  requestMergeInput: {
    schema: merges.requestMergeInput,
    valid: {
      operationId: id,
      practiceId: id,
      patientId: "1",
      otherPatientId: "2",
      previewFingerprint: "0a".repeat(32),
    },
    fields: {
      operationId: invalidValues.rowId,
      practiceId: invalidValues.rowId,
      patientId: invalidValues.heroId,
      otherPatientId: [...invalidValues.heroId, "1"],
      previewFingerprint: invalidFingerprints,
    },
  },
  mergeIdInput: {
    schema: merges.mergeIdInput,
    valid: { mergeId: id },
    fields: { mergeId: invalidValues.rowId },
  },
  approveMergeInput: {
    schema: merges.approveMergeInput,
    valid: { mergeId: id, previewFingerprint: "f".repeat(64) },
    fields: { mergeId: invalidValues.rowId, previewFingerprint: invalidFingerprints },
  },
  refuseMergeInput: {
    schema: merges.refuseMergeInput,
    valid: { mergeId: id, reason: " Two people 🙂 " },
    fields: {
      mergeId: invalidValues.rowId,
      reason: [...missing, ...blank, ...nonStrings, 7, ...controls, "a".repeat(301)],
    },
  },
  listMergesInput: {
    schema: merges.listMergesInput,
    valid: { cursor: id, limit: 100 },
    fields: {
      cursor: withoutUndefined(invalidValues.rowId),
      limit: invalidValues.pageSize,
    },
  },
  createOrganisationInput: {
    schema: organisations.createOrganisationInput,
    valid: { name: "Acme 🏥 ואחיו", slug: " Acme-Health " },
    fields: { name: invalidValues.name, slug: invalidValues.slug },
  },
  practiceIdInput: {
    schema: practices.practiceIdInput,
    valid: { practiceId: id },
    fields: { practiceId: invalidValues.rowId },
  },
  verifyPracticeInput: {
    schema: practices.verifyPracticeInput,
    valid: { apiKey: ` ${apiKey}\n`, practiceGroupId: " 12" },
    fields: { apiKey: invalidValues.apiKey, practiceGroupId: invalidValues.practiceGroupId },
  },
  connectPracticeInput: {
    schema: practices.connectPracticeInput,
    valid: { apiKey, practiceGroupId: "kingsway-31", nickname: " " },
    fields: {
      apiKey: invalidValues.apiKey,
      practiceGroupId: invalidValues.practiceGroupId,
      nickname: invalidValues.optionalName,
    },
  },
  verifyNetworkPracticeInput: {
    schema: practices.verifyNetworkPracticeInput,
    valid: { credentialId: id, practiceGroupId: "12" },
    fields: { credentialId: invalidValues.rowId, practiceGroupId: invalidValues.practiceGroupId },
  },
  connectNetworkPracticeInput: {
    schema: practices.connectNetworkPracticeInput,
    valid: { credentialId: id, practiceGroupId: "12", nickname: "Ours" },
    fields: {
      credentialId: invalidValues.rowId,
      practiceGroupId: invalidValues.practiceGroupId,
      nickname: invalidValues.optionalName,
    },
  },
  renamePracticeInput: {
    schema: practices.renamePracticeInput,
    valid: { practiceId: id, nickname: null },
    fields: { practiceId: invalidValues.rowId, nickname: invalidValues.optionalName },
  },
  changePracticeDetailsInput: {
    schema: practices.changePracticeDetailsInput,
    valid: {
      practiceId: id,
      version: "a".repeat(64),
      name: " Harbour Practice ",
      line1: "1 High Street",
      line2: "",
      line3: null,
      town: "Kingston",
      county: " ",
      postcode: "kt26qw",
    },
    fields: {
      practiceId: invalidValues.rowId,
      version: [
        ...missing,
        ...blank,
        ...nonStrings,
        "a".repeat(63),
        "A".repeat(64),
        `${"a".repeat(64)} `,
      ],
      name: invalidValues.longText,
      line1: invalidValues.optionalLongText,
      line2: invalidValues.optionalLongText,
      line3: invalidValues.optionalLongText,
      town: invalidValues.optionalLongText,
      county: invalidValues.optionalLongText,
      postcode: [...nonStrings, 7, "KT2", "SW1A 1AAA", "1 High Street", "KT2\u0000 6QW"],
    },
  },
  replaceKeyInput: {
    schema: practices.replaceKeyInput,
    valid: { credentialId: id, apiKey },
    fields: { credentialId: invalidValues.rowId, apiKey: invalidValues.apiKey },
  },
};
