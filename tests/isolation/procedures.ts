import { randomUUID } from "node:crypto";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { PortalEntry, TenantFixture } from "./procedure-entry";

const allRoles = ["owner", "admin", "developer", "operator", "viewer", "auditor"] as const;
const practiceManagers = ["owner", "admin", "developer"] as const;
const linkCreators = ["owner", "admin", "developer", "operator"] as const;
const mergers = ["owner", "admin"] as const;
const auditReaders = ["owner", "admin", "auditor"] as const;

const optionalText = ["missing", "empty", "blank", "null", "emoji"] as const;
const optionalChoice = ["missing", "empty", "null"] as const;
const optionalField = ["missing"] as const;
const optionalFlag = ["missing", "a boolean"] as const;

const inDays = (days: number) => addDays(ukDateOf(new Date()), days);
const linkLimits = () => ({
  name: "Flu clinic",
  slotsFrom: inDays(1),
  slotsTo: inDays(5),
  expiresOn: inDays(7),
  maxUses: 3,
});
const acceptsLimits = {
  name: optionalText,
  slotsFrom: optionalChoice,
  slotsTo: optionalChoice,
} as const;
// A view is any query string; unknown parameters filter nothing.
const acceptedQueries = ["empty", "blank", "emoji", "right-to-left override"] as const;
const cursorIds = { cursor: "own space" } as const;
const optionalPage = { cursor: optionalField, limit: optionalField } as const;

// Hero may send types that the portal does not know.
const acceptsDeliveryFilters = {
  practiceId: optionalField,
  eventType: ["missing", "blank"],
  isLate: optionalFlag,
  period: optionalField,
} as const;

const linkFilters = ({ practiceId, completeBulkUploadId }: TenantFixture) => ({
  practiceId,
  kind: "booking",
  audience: "generic",
  state: "live",
  tag: "autumn",
  bulkUploadId: completeBulkUploadId,
  isUsed: "no",
  bookedSince: "yesterday",
  q: "flu",
});
const linkFilterIds = { practiceId: "empty", bulkUploadId: "empty" } as const;
const acceptsLinkFilters = {
  practiceId: optionalField,
  kind: optionalField,
  audience: optionalField,
  state: optionalField,
  tag: ["missing", "emoji"],
  bulkUploadId: optionalField,
  isUsed: optionalField,
  bookedSince: optionalField,
  q: optionalText,
} as const;

const placementInput = (practiceId: string) => ({
  name: `Messages ${randomUUID()}`,
  practiceIds: [practiceId],
  origins: ["https://app.example.org"],
  attributes: { adminId: "7" },
});

const destinationInput = (practiceId: string) => ({
  name: "Practice system",
  url: "https://hooks.example.com/hero",
  eventTypes: ["link.booked"],
  practiceIds: [practiceId],
});
const acceptsDestination = { name: ["emoji"] } as const;
const acceptsPlacement = { name: ["emoji"], attributes: ["an object"] } as const;
const acceptsTheme = { theme: ["null", "an object"] } as const;

const ehrPatient = ({ practiceId, patientId, patientDateOfBirth }: TenantFixture) => ({
  practiceId,
  patientId,
  dateOfBirth: patientDateOfBirth,
});
const ehrPatientIds = { practiceId: "refused" } as const;
const shownCandidate = { candidateKey: "0".repeat(64), recordsKey: "1".repeat(64) };

/** Every procedure under `/{tenant}/{environment}`; a missing one fails the test. */
export const portalProcedures: Record<string, PortalEntry> = {
  "organisations.list": { kind: "query", roles: allRoles },
  "practices.list": { kind: "query", roles: allRoles },
  "practices.options": { kind: "query", roles: allRoles },
  "practices.get": {
    kind: "query",
    roles: allRoles,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
  "practices.bookingOptions": {
    kind: "query",
    roles: linkCreators,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
  "practices.settings": {
    kind: "query",
    roles: allRoles,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
  "practices.changeDetails": {
    kind: "mutation",
    roles: ["owner"],
    // No version of the record, so nothing is sent.
    input: ({ practiceId }) => ({
      practiceId,
      version: "0".repeat(64),
      name: "Harbour Practice",
      line1: "1 High Street",
      line2: "Floor 2",
      line3: "Quay",
      town: "Kingston",
      county: "Surrey",
      postcode: "KT2 6QW",
    }),
    ids: { practiceId: "refused" },
    accepts: {
      name: ["emoji"],
      line1: optionalText,
      line2: optionalText,
      line3: optionalText,
      town: optionalText,
      county: optionalText,
      postcode: ["missing", "empty", "blank", "null"],
    },
  },
  "practices.previewDisconnect": {
    kind: "query",
    roles: practiceManagers,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
  "practices.verify": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ apiKey, practiceGroupId }) => ({ apiKey, practiceGroupId }),
  },
  "practices.verifyNetwork": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ credentialId, networkPracticeGroupId }) => ({
      credentialId,
      practiceGroupId: networkPracticeGroupId,
    }),
    ids: { credentialId: "refused" },
  },
  "practices.testConnection": {
    kind: "mutation",
    roles: allRoles,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
  "practices.rename": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ practiceId }) => ({ practiceId, nickname: "Riverside" }),
    ids: { practiceId: "refused" },
    accepts: { nickname: optionalText },
  },
  "practices.replaceKey": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ credentialId, apiKey }) => ({ credentialId, apiKey }),
    ids: { credentialId: "refused" },
  },
  "links.list": {
    kind: "query",
    roles: allRoles,
    input: (fixture) => ({
      ...linkFilters(fixture),
      sort: "newest",
      cursor: fixture.linkId,
      limit: 10,
    }),
    ids: { ...linkFilterIds, ...cursorIds },
    accepts: {
      ...acceptsLinkFilters,
      sort: optionalField,
      cursor: optionalField,
      limit: optionalField,
    },
  },
  "links.count": {
    kind: "query",
    roles: allRoles,
    input: linkFilters,
    ids: linkFilterIds,
    accepts: acceptsLinkFilters,
  },
  "results.count": {
    kind: "query",
    roles: allRoles,
    input: ({ practiceId, completeBulkUploadId }) => ({
      from: inDays(-6),
      to: inDays(0),
      groupBy: "link",
      practiceId,
      kind: "booking",
      audience: "generic",
      tag: "autumn",
      bulkUploadId: completeBulkUploadId,
    }),
    ids: linkFilterIds,
    accepts: {
      groupBy: optionalField,
      practiceId: optionalField,
      kind: optionalField,
      audience: optionalField,
      tag: ["missing", "emoji"],
      bulkUploadId: optionalField,
    },
  },
  "results.overview": {
    kind: "query",
    roles: allRoles,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "empty" },
    accepts: { practiceId: optionalField },
  },
  "links.selectMatching": {
    kind: "query",
    roles: allRoles,
    input: linkFilters,
    ids: linkFilterIds,
    accepts: acceptsLinkFilters,
  },
  "links.filterOptions": { kind: "query", roles: allRoles },
  "links.listViews": { kind: "query", roles: allRoles },
  "links.history": {
    kind: "query",
    roles: allRoles,
    input: ({ linkId }) => ({ linkId }),
    ids: { linkId: "refused" },
  },
  "links.appointments": {
    kind: "query",
    roles: allRoles,
    input: ({ linkId }) => ({ linkId }),
    ids: { linkId: "refused" },
  },
  "links.saveView": {
    kind: "mutation",
    roles: allRoles,
    input: () => ({ name: "Live ones", query: "state=live" }),
    accepts: { name: ["emoji"], query: acceptedQueries },
  },
  "links.deleteView": {
    kind: "mutation",
    roles: allRoles,
    input: ({ viewId }) => ({ viewId }),
    ids: { viewId: "empty" },
  },
  "links.updateMany": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ linkId }) => ({ changes: [{ linkId, tags: ["autumn"] }] }),
  },
  "links.resolve": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ unknownLinkId }) => ({ linkId: unknownLinkId, url: "" }),
    ids: { linkId: "refused" },
    accepts: { url: optionalChoice },
  },
  "links.reconcile": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ reconcilableLinkId }) => ({ linkId: reconcilableLinkId }),
    ids: { linkId: "refused" },
  },
  "links.createForm": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId, formId, patientId }) => ({
      operationId: randomUUID(),
      practiceId,
      formId,
      patientId,
      name: "Asthma review",
      reference: "letter 17",
      tags: ["autumn"],
      expiresOn: inDays(7),
      maxUses: 1,
    }),
    ids: { practiceId: "refused", operationId: "own space" },
    accepts: {
      patientId: optionalChoice,
      name: optionalText,
      reference: optionalText,
      tags: ["missing", "a list"],
    },
  },
  "bulkUploads.list": { kind: "query", roles: allRoles },
  "bulkUploads.columns": { kind: "query", roles: linkCreators },
  "bulkUploads.get": {
    kind: "query",
    roles: allRoles,
    input: ({ completeBulkUploadId }) => ({ bulkUploadId: completeBulkUploadId }),
    ids: { bulkUploadId: "refused" },
  },
  "bulkUploads.rows": {
    kind: "query",
    roles: allRoles,
    input: ({ completeBulkUploadId }) => ({
      bulkUploadId: completeBulkUploadId,
      state: "waiting",
      cursor: 0,
    }),
    ids: { bulkUploadId: "refused" },
    accepts: { state: optionalField, cursor: ["missing"] },
  },
  "bulkUploads.check": {
    kind: "query",
    roles: linkCreators,
    input: ({ completeBulkUploadId }) => ({ bulkUploadId: completeBulkUploadId }),
    ids: { bulkUploadId: "refused" },
  },
  "bulkUploads.create": {
    kind: "mutation",
    roles: linkCreators,
    input: () => ({
      operationId: randomUUID(),
      name: "Flu letters",
      kind: "booking",
      rowCount: 1,
      columns: { reference: "Ref" },
      allowsDuplicates: false,
    }),
    accepts: { name: ["emoji"], allowsDuplicates: ["missing", "a boolean"] },
  },
  "bulkUploads.addRows": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ openBulkUploadId, practiceId, choice }) => ({
      bulkUploadId: openBulkUploadId,
      rows: [{ rowNumber: 1, practiceId, ...choice, expiresOn: inDays(7), maxUses: 1 }],
    }),
    ids: { bulkUploadId: "refused" },
  },
  "bulkUploads.start": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ completeBulkUploadId }) => ({
      bulkUploadId: completeBulkUploadId,
      confirmedRecipients: 1,
    }),
    ids: { bulkUploadId: "refused" },
    accepts: { confirmedRecipients: ["missing", "a number"] },
  },
  "bulkUploads.pause": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ runningBulkUploadId }) => ({ bulkUploadId: runningBulkUploadId }),
    ids: { bulkUploadId: "refused" },
  },
  "bulkUploads.resume": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ runningBulkUploadId }) => ({ bulkUploadId: runningBulkUploadId }),
    ids: { bulkUploadId: "refused" },
  },
  "bulkUploads.cancel": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ runningBulkUploadId }) => ({ bulkUploadId: runningBulkUploadId }),
    ids: { bulkUploadId: "refused" },
  },
  "links.get": {
    kind: "query",
    roles: allRoles,
    input: ({ linkId }) => ({ linkId }),
    ids: { linkId: "refused" },
  },
  "links.findByOperation": {
    kind: "query",
    roles: allRoles,
    input: ({ operationId }) => ({ operationId }),
    ids: { operationId: "empty" },
  },
  "links.create": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId, choice, patientId }) => ({
      operationId: randomUUID(),
      practiceId,
      ...choice,
      practitionerId: "",
      patientId,
      ...linkLimits(),
    }),
    ids: { practiceId: "refused", operationId: "own space" },
    accepts: { practitionerId: optionalChoice, patientId: optionalChoice, ...acceptsLimits },
  },
  "links.update": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ linkId }) => ({ linkId, ...linkLimits() }),
    ids: { linkId: "refused" },
    // Dates cannot be removed at Hero; the service rejects it.
    accepts: { name: optionalText },
  },
  "links.refresh": {
    kind: "mutation",
    roles: allRoles,
    input: ({ linkId }) => ({ linkId }),
    ids: { linkId: "refused" },
  },
  "links.close": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ closableLinkId }) => ({ linkId: closableLinkId }),
    ids: { linkId: "refused" },
  },
  "forms.list": {
    kind: "query",
    roles: allRoles,
    input: ({ practiceId }) => ({ practiceId, search: "asthma", formType: "questionnaire" }),
    ids: { practiceId: "refused" },
    accepts: { search: optionalText, formType: optionalField },
  },
  "forms.get": {
    kind: "query",
    roles: allRoles,
    input: ({ practiceId, formId }) => ({ practiceId, formId }),
    ids: { practiceId: "refused" },
  },
  "slots.count": {
    kind: "query",
    roles: linkCreators,
    input: ({ practiceId, choice }) => ({
      practiceId,
      ...choice,
      practitionerId: "",
      slotsFrom: inDays(1),
      slotsTo: inDays(5),
    }),
    ids: { practiceId: "refused" },
    accepts: {
      locationId: optionalChoice,
      practitionerId: optionalChoice,
      slotsFrom: optionalChoice,
      slotsTo: optionalChoice,
    },
  },
  "slots.list": {
    kind: "query",
    roles: linkCreators,
    input: ({ practiceId, choice }) => ({
      practiceId,
      ...choice,
      practitionerId: "",
      firstDay: inDays(1),
      weekdays: [1, 2, 3, 4, 5],
    }),
    ids: { practiceId: "refused" },
    accepts: {
      locationId: optionalChoice,
      practitionerId: optionalChoice,
      weekdays: optionalField,
    },
  },
  "slots.next": {
    kind: "query",
    roles: linkCreators,
    input: ({ practiceId, choice }) => ({
      practiceId,
      ...choice,
      practitionerId: "",
      weekdays: [],
    }),
    ids: { practiceId: "refused" },
    accepts: {
      locationId: optionalChoice,
      practitionerId: optionalChoice,
      weekdays: optionalField,
    },
  },
  "patients.register": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId }) => ({
      operationId: randomUUID(),
      practiceId,
      forename: "Noor",
      surname: "Example",
      dateOfBirth: "1980-01-01",
      postcode: "KT2 6QW",
      nhsNumber: "999 000 0018",
      sex: "Female",
      addressLine: "1 High Street",
      mobile: "07700 900 123",
      email: "noor@example.org",
    }),
    ids: { practiceId: "refused", operationId: "own space" },
    accepts: {
      forename: ["emoji"],
      surname: ["emoji"],
      nhsNumber: ["missing", "empty", "blank"],
      sex: ["missing", "empty"],
      addressLine: optionalText,
      mobile: ["missing", "empty", "blank"],
      email: ["missing", "empty", "blank"],
    },
  },
  "patients.lookUp": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId }) => ({
      practiceId,
      identity: { by: "nhs_number", nhsNumber: "999 000 0018", dateOfBirth: "1980-01-01" },
    }),
    ids: { practiceId: "refused" },
  },
  "patientEhr.compare": {
    kind: "mutation",
    roles: linkCreators,
    input: ehrPatient,
    ids: ehrPatientIds,
  },
  "patientEhr.connect": {
    kind: "mutation",
    roles: linkCreators,
    input: (fixture) => ({
      ...ehrPatient(fixture),
      ...shownCandidate,
      operationId: randomUUID(),
      confirmedDifferences: ["lastName"],
    }),
    ids: { ...ehrPatientIds, operationId: "own space" },
  },
  "patientEhr.rejectCandidate": {
    kind: "mutation",
    roles: linkCreators,
    input: (fixture) => ({ ...ehrPatient(fixture), ...shownCandidate, reason: "relative" }),
    ids: ehrPatientIds,
  },
  "patientEhr.restoreCandidate": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId, patientId }) => ({
      practiceId,
      patientId,
      candidateKey: shownCandidate.candidateKey,
    }),
    ids: ehrPatientIds,
  },
  "appointments.list": {
    kind: "query",
    roles: linkCreators,
    input: ({ practiceId, patientId, appointmentId }) => ({
      practiceId,
      patientId,
      state: "booked",
      day: inDays(7),
      isUpcoming: true,
      isActive: true,
      cursor: `1_${appointmentId}`,
    }),
    ids: { practiceId: "empty" },
    accepts: {
      practiceId: optionalField,
      patientId: optionalChoice,
      state: optionalField,
      day: optionalChoice,
      isUpcoming: optionalFlag,
      isActive: optionalFlag,
      cursor: optionalField,
    },
  },
  "appointments.get": {
    kind: "query",
    roles: linkCreators,
    input: ({ appointmentId }) => ({ appointmentId }),
    ids: { appointmentId: "refused" },
  },
  "appointments.history": {
    kind: "query",
    roles: linkCreators,
    input: ({ appointmentId }) => ({ appointmentId }),
    ids: { appointmentId: "refused" },
  },
  "appointments.refresh": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ appointmentId }) => ({ appointmentId }),
    ids: { appointmentId: "refused" },
  },
  "appointments.reserve": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId, patientId, choice }) => ({
      operationId: randomUUID(),
      practiceId,
      patientId,
      slotId: "1",
      ...choice,
      startsAt: "2030-01-01T09:00:00.000Z",
      confirmedRestricted: false,
    }),
    ids: { operationId: "own space", practiceId: "refused" },
    accepts: { startsAt: optionalField, confirmedRestricted: optionalFlag },
  },
  "appointments.edit": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ heldAppointmentId }) => ({
      operationId: randomUUID(),
      appointmentId: heldAppointmentId,
      slotId: "1",
      confirmedRestricted: false,
    }),
    ids: { operationId: "own space", appointmentId: "refused" },
    accepts: { confirmedRestricted: optionalFlag },
  },
  "appointments.book": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ appointmentId }) => ({
      operationId: randomUUID(),
      appointmentId,
      reason: "Sore throat",
      tellPatient: true,
      confirmedRestricted: false,
    }),
    ids: { operationId: "own space", appointmentId: "refused" },
    accepts: {
      reason: optionalText,
      tellPatient: ["a boolean"],
      confirmedRestricted: optionalFlag,
    },
  },
  "appointments.release": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ heldAppointmentId }) => ({
      operationId: randomUUID(),
      appointmentId: heldAppointmentId,
    }),
    ids: { operationId: "own space", appointmentId: "refused" },
  },
  "appointments.cancel": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ appointmentId }) => ({
      operationId: randomUUID(),
      appointmentId,
      tellPatient: true,
      isLate: false,
    }),
    ids: { operationId: "own space", appointmentId: "refused" },
    accepts: { tellPatient: ["a boolean"], isLate: optionalFlag },
  },
  "appointments.reschedule": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ appointmentId }) => ({
      operationId: randomUUID(),
      appointmentId,
      slotId: "1",
      tellPatient: true,
      confirmedRestricted: false,
    }),
    ids: { operationId: "own space", appointmentId: "refused" },
    accepts: { tellPatient: ["a boolean"], confirmedRestricted: optionalFlag },
  },
  "patients.open": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId, patientId }) => ({ practiceId, patientId }),
    ids: { practiceId: "refused" },
  },
  "patients.showIdentifiers": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId, patientId }) => ({ practiceId, patientId }),
    ids: { practiceId: "refused" },
  },
  "patients.listFiles": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId, patientId }) => ({ practiceId, patientId }),
    ids: { practiceId: "refused" },
  },
  "patients.createFileLink": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId, patientWithFileId, fileId }) => ({
      practiceId,
      patientId: patientWithFileId,
      fileId,
    }),
    ids: { practiceId: "refused" },
  },
  "patients.releaseHeld": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId }) => ({ practiceId, patientId: "902" }),
    ids: { practiceId: "refused" },
  },
  "merges.list": {
    kind: "query",
    roles: mergers,
    input: ({ mergeId }) => ({ cursor: mergeId, limit: 10 }),
    ids: cursorIds,
    accepts: { cursor: optionalField, limit: optionalField },
  },
  "merges.get": {
    kind: "query",
    roles: mergers,
    input: ({ mergeId }) => ({ mergeId }),
    ids: { mergeId: "refused" },
  },
  "merges.summary": { kind: "query", roles: mergers },
  "merges.preview": {
    kind: "mutation",
    roles: mergers,
    input: ({ practiceId, patientId }) => ({ practiceId, patientId, otherPatientId: "902" }),
    ids: { practiceId: "refused" },
  },
  "merges.review": {
    kind: "mutation",
    roles: mergers,
    input: ({ approvableMerge: { mergeId } }) => ({ mergeId }),
    ids: { mergeId: "refused" },
  },
  "merges.request": {
    kind: "mutation",
    roles: mergers,
    input: ({ practiceId, mergePair }) => ({
      operationId: randomUUID(),
      practiceId,
      ...mergePair,
    }),
    ids: { operationId: "own space", practiceId: "refused" },
  },
  "merges.approve": {
    kind: "mutation",
    roles: mergers,
    input: ({ approvableMerge }) => approvableMerge,
    ids: { mergeId: "refused" },
  },
  "merges.refuse": {
    kind: "mutation",
    roles: mergers,
    input: ({ refusableMergeId }) => ({ mergeId: refusableMergeId, reason: "Two people" }),
    ids: { mergeId: "refused" },
    accepts: { reason: ["emoji"] },
  },
  "merges.withdraw": {
    kind: "mutation",
    roles: mergers,
    input: ({ mergeId }) => ({ mergeId }),
    ids: { mergeId: "refused" },
  },
  "merges.resolve": {
    kind: "mutation",
    roles: mergers,
    input: ({ unknownMergeId }) => ({ mergeId: unknownMergeId }),
    ids: { mergeId: "refused" },
  },
  "live.changes": {
    kind: "subscription",
    roles: allRoles,
    input: () => ({ lastEventId: "0" }),
  },
  "live.since": {
    kind: "query",
    roles: allRoles,
    input: () => ({ lastEventId: "0" }),
  },
  "deliveries.list": {
    kind: "query",
    roles: allRoles,
    input: ({ practiceId, deliveryId }) => ({
      practiceId,
      eventType: "appointment.confirmed",
      state: "done",
      isLate: false,
      period: "month",
      cursor: deliveryId,
      limit: 10,
    }),
    ids: { practiceId: "empty", ...cursorIds },
    accepts: { ...acceptsDeliveryFilters, state: optionalField, ...optionalPage },
  },
  "deliveries.attention": {
    kind: "query",
    roles: allRoles,
    input: ({ practiceId }) => ({
      practiceId,
      eventType: "appointment.confirmed",
      isLate: false,
      period: "month",
    }),
    ids: { practiceId: "empty" },
    accepts: acceptsDeliveryFilters,
  },
  "deliveries.get": {
    kind: "query",
    roles: allRoles,
    input: ({ deliveryId }) => ({ deliveryId }),
    ids: { deliveryId: "refused" },
  },
  "deliveries.showBody": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ deliveryId }) => ({ deliveryId }),
    ids: { deliveryId: "refused" },
  },
  "deliveries.replay": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ deliveryId }) => ({ deliveryId }),
    ids: { deliveryId: "refused" },
  },
  "deliveries.countReplayable": {
    kind: "query",
    roles: practiceManagers,
    input: ({ practiceId }) => ({ since: "2026-01-01T00:00:00Z", practiceId }),
    ids: { practiceId: "empty" },
    accepts: { practiceId: optionalField },
  },
  "deliveries.replaySince": {
    kind: "mutation",
    roles: practiceManagers,
    // Nothing arrives later than now, so that other tests find the delivery as it was.
    input: ({ practiceId }) => ({ since: "2100-01-01T00:00:00Z", practiceId }),
    ids: { practiceId: "empty" },
    accepts: { practiceId: optionalField },
  },
  "deliveries.endpointHealth": {
    kind: "query",
    roles: allRoles,
    input: ({ endpointId }) => ({ endpointId, period: "day" }),
    ids: { endpointId: "refused" },
  },
  "activity.list": {
    kind: "query",
    roles: auditReaders,
    input: ({ auditId }) => ({ cursor: auditId, limit: 10 }),
    ids: cursorIds,
    accepts: { cursor: optionalField, limit: optionalField },
  },
  "events.list": {
    kind: "query",
    roles: allRoles,
    input: ({ practiceId, eventId }) => ({
      type: "link.booked",
      practiceId,
      cursor: eventId,
      limit: 10,
    }),
    ids: { ...cursorIds, practiceId: "empty" },
    accepts: {
      type: optionalField,
      practiceId: optionalField,
      cursor: optionalField,
      limit: optionalField,
    },
  },
  "events.get": {
    kind: "query",
    roles: allRoles,
    input: ({ eventId }) => ({ eventId }),
    ids: { eventId: "refused" },
  },
  "events.listSendings": {
    kind: "query",
    roles: allRoles,
    input: ({ destinationId, eventId }) => ({ destinationId, cursor: eventId, limit: 10 }),
    ids: { ...cursorIds, destinationId: "refused" },
    accepts: { cursor: optionalField, limit: optionalField },
  },
  "apiKeys.list": { kind: "query", roles: practiceManagers },
  "apiKeys.create": {
    kind: "mutation",
    roles: practiceManagers,
    input: () => ({ name: "Letters server", permissions: ["links.read", "links.create"] }),
    accepts: { name: ["emoji"] },
  },
  "apiKeys.revoke": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ apiKeyId }) => ({ apiKeyId }),
    ids: { apiKeyId: "refused" },
  },
  "elements.listForPractice": {
    kind: "query",
    roles: allRoles,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
  "elements.listScripts": { kind: "query", roles: allRoles },
  "elements.acknowledgeScript": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ script }) => script,
  },
  "placements.list": { kind: "query", roles: allRoles },
  "placements.get": {
    kind: "query",
    roles: allRoles,
    input: ({ placementId }) => ({ placementId }),
    ids: { placementId: "refused" },
  },
  "placements.listReports": {
    kind: "query",
    roles: allRoles,
    input: ({ placementId }) => ({ placementId }),
    ids: { placementId: "refused" },
  },
  "placements.create": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ practiceId }) => ({
      element: "hh-message-builder",
      ...placementInput(practiceId),
      theme: null,
    }),
    accepts: { ...acceptsPlacement, ...acceptsTheme },
  },
  "placements.update": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ placementId, practiceId }) => ({ placementId, ...placementInput(practiceId) }),
    ids: { placementId: "refused" },
    accepts: acceptsPlacement,
  },
  "placements.setTheme": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ placementId }) => ({ placementId, theme: { font: { sans: "Inter, sans-serif" } } }),
    ids: { placementId: "refused" },
    accepts: acceptsTheme,
  },
  "placements.switch": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ placementId }) => ({ placementId, isOn: true }),
    ids: { placementId: "refused" },
    accepts: { isOn: ["a boolean"] },
  },
  "destinations.list": { kind: "query", roles: allRoles },
  "destinations.get": {
    kind: "query",
    roles: allRoles,
    input: ({ destinationId }) => ({ destinationId }),
    ids: { destinationId: "refused" },
  },
  "destinations.create": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ practiceId }) => destinationInput(practiceId),
    accepts: acceptsDestination,
  },
  "destinations.update": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ destinationId, practiceId }) => ({ destinationId, ...destinationInput(practiceId) }),
    ids: { destinationId: "refused" },
    accepts: acceptsDestination,
  },
  "destinations.switch": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ destinationId }) => ({ destinationId, isOn: true }),
    ids: { destinationId: "refused" },
    accepts: { isOn: ["a boolean"] },
  },
  "destinations.rotateSecret": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ destinationId }) => ({ destinationId }),
    ids: { destinationId: "refused" },
  },
  "destinations.showSecret": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ destinationId, secretId }) => ({ destinationId, secretId }),
    ids: { destinationId: "refused", secretId: "refused" },
  },
  "destinations.resend": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ destinationId, eventId }) => ({ destinationId, eventId }),
    ids: { destinationId: "refused", eventId: "refused" },
  },
  "destinations.recover": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ destinationId }) => ({ destinationId, since: new Date().toISOString() }),
    ids: { destinationId: "refused" },
  },
  "destinations.test": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ destinationId }) => ({ destinationId }),
    ids: { destinationId: "refused" },
  },
  "destinations.delete": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ destinationId }) => ({ destinationId }),
    ids: { destinationId: "refused" },
  },
  "elementSessions.create": {
    kind: "mutation",
    roles: linkCreators,
    input: ({ practiceId, patientId }) => ({ practiceId, patientId }),
    ids: { practiceId: "refused" },
    accepts: { patientId: optionalChoice },
  },
  "webhooks.list": { kind: "query", roles: allRoles },
  "webhooks.subscribe": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ practiceId }) => ({
      practices: [{ practiceId, eventTypes: ["appointment.confirmed"] }],
    }),
  },
  "webhooks.compare": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ practiceId }) => ({ practiceIds: [practiceId] }),
  },
  "webhooks.repair": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ practiceId }) => ({ practiceIds: [practiceId] }),
  },
  "webhooks.test": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ endpointId }) => ({ endpointId }),
    ids: { endpointId: "refused" },
  },
  "webhooks.rotateKey": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ endpointId }) => ({ endpointId }),
    ids: { endpointId: "refused" },
  },
  "practices.connectNetwork": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ credentialId, networkPracticeGroupId }) => ({
      credentialId,
      practiceGroupId: networkPracticeGroupId,
      nickname: "Neighbour",
    }),
    ids: { credentialId: "refused" },
    accepts: { nickname: optionalText },
  },
  "practices.connect": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ spare: { apiKey, practiceGroupId } }) => ({
      apiKey,
      practiceGroupId,
      nickname: "Spare",
    }),
    accepts: { nickname: optionalText },
  },
  // Last, because the others need the practice.
  "practices.disconnect": {
    kind: "mutation",
    roles: practiceManagers,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
};
