import { randomUUID } from "node:crypto";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import type { Role } from "@/server/schemas/organisations";
import type { BadValue } from "./bad-values";

/** What a tenant has of its own; inputs are made of it. */
export type Belongings = {
  practiceId: string;
  credentialId: string;
  practiceGroupId: string;
  apiKey: string;
  /** A neighbour in the same Hero network, not connected. */
  networkPracticeGroupId: string;
  /** A practice outside that network with a key of its own, not connected. */
  spare: { practiceGroupId: string; apiKey: string };
  choice: { appointmentTypeId: string; locationId: string };
  formId: string;
  linkId: string;
  /** A link that a test may close. */
  closableLinkId: string;
  /** Links whose fate is unknown: to be settled by a person, and by reading. */
  unknownLinkId: string;
  readableLinkId: string;
  viewId: string;
  /** A file whose rows are still to come, one that is whole, and one that is worked on. */
  openBulkId: string;
  wholeBulkId: string;
  runningBulkId: string;
  operationId: string;
  auditId: string;
  apiKeyId: string;
  placementId: string;
  /** What stands at the address of an element's script: of no tenant. */
  script: { url: string; sha256: string };
};

type Input = Record<string, unknown>;

/**
 * What a row's id in an input gives a caller it does not belong to:
 * `refused` – "not found", as for an id nobody has;
 * `empty` – the answer of an id nobody has;
 * `own space` – the id is made by the caller and means something within its own tenant only.
 */
export type ForeignId = "refused" | "empty" | "own space";

type Shared = {
  kind: "query" | "mutation";
  /** A valid input; absent where the procedure takes none. */
  input?: (own: Belongings) => Input;
  /** Every field that names a row. */
  ids?: Record<string, ForeignId>;
  /** Bad values that a field may take after all; every other is refused beside the field. */
  accepts?: Record<string, readonly BadValue[]>;
};

export type PortalEntry = Shared & {
  /** Written out and not computed, so that widening a permission fails here. */
  roles: readonly Role[];
};

export type AccountEntry = Shared & { who: "anybody" | "signed in" };

const everyone = ["owner", "admin", "developer", "operator", "viewer", "auditor"] as const;
const connectors = ["owner", "admin", "developer"] as const;
const senders = ["owner", "admin", "developer", "operator"] as const;
const watchers = ["owner", "admin", "auditor"] as const;

const optionalText = ["missing", "empty", "blank", "null", "emoji"] as const;
const optionalChoice = ["missing", "empty", "null"] as const;
const omissible = ["missing"] as const;

const inDays = (days: number) => addDays(ukDateOf(new Date()), days);
const limits = () => ({
  name: "Flu clinic",
  slotsFrom: inDays(1),
  slotsTo: inDays(5),
  expiresOn: inDays(7),
  maximumUses: 3,
});
const acceptsLimits = {
  name: optionalText,
  slotsFrom: optionalChoice,
  slotsTo: optionalChoice,
} as const;
// A view is any part of an address; what is not understood in it narrows nothing.
const anyQuery = ["empty", "blank", "emoji", "right-to-left override"] as const;
const paging = { cursor: "own space" } as const;

const placement = (practiceId: string) => ({
  name: `Messages ${randomUUID()}`,
  practiceIds: [practiceId],
  origins: ["https://app.example.org"],
  attributes: { adminId: "7" },
});

const acceptsPlacement = { name: ["emoji"], attributes: ["an object"] } as const;
const acceptsTheme = { theme: ["null", "an object"] } as const;

/** Every procedure under `/{tenant}/{environment}`; one that is not here fails the test. */
export const portalProcedures: Record<string, PortalEntry> = {
  "practices.list": { kind: "query", roles: everyone },
  "practices.options": { kind: "query", roles: everyone },
  "practices.get": {
    kind: "query",
    roles: everyone,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
  "practices.bookingOptions": {
    kind: "query",
    roles: senders,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
  "practices.disconnectPreview": {
    kind: "query",
    roles: connectors,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
  "practices.verify": {
    kind: "mutation",
    roles: connectors,
    input: ({ apiKey, practiceGroupId }) => ({ apiKey, practiceGroupId }),
  },
  "practices.verifyNetwork": {
    kind: "mutation",
    roles: connectors,
    input: ({ credentialId, networkPracticeGroupId }) => ({
      credentialId,
      practiceGroupId: networkPracticeGroupId,
    }),
    ids: { credentialId: "refused" },
  },
  "practices.testNow": {
    kind: "mutation",
    roles: everyone,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
  "practices.rename": {
    kind: "mutation",
    roles: connectors,
    input: ({ practiceId }) => ({ practiceId, alias: "Riverside" }),
    ids: { practiceId: "refused" },
    accepts: { alias: optionalText },
  },
  "practices.replaceKey": {
    kind: "mutation",
    roles: connectors,
    input: ({ credentialId, apiKey }) => ({ credentialId, apiKey }),
    ids: { credentialId: "refused" },
  },
  "links.list": {
    kind: "query",
    roles: everyone,
    input: ({ practiceId, linkId }) => ({
      practiceId,
      kind: "booking",
      audience: "generic",
      state: "live",
      tag: "autumn",
      q: "flu",
      sort: "newest",
      cursor: linkId,
      limit: 10,
    }),
    ids: { practiceId: "empty", ...paging },
    accepts: {
      practiceId: omissible,
      kind: omissible,
      audience: omissible,
      state: omissible,
      tag: ["missing", "emoji"],
      q: optionalText,
      sort: omissible,
      cursor: omissible,
      limit: omissible,
    },
  },
  "links.facets": { kind: "query", roles: everyone },
  "links.savedViews": { kind: "query", roles: everyone },
  "links.history": {
    kind: "query",
    roles: everyone,
    input: ({ linkId }) => ({ linkId }),
    ids: { linkId: "refused" },
  },
  "links.saveView": {
    kind: "mutation",
    roles: everyone,
    input: () => ({ name: "Live ones", query: "state=live" }),
    accepts: { name: ["emoji"], query: anyQuery },
  },
  "links.deleteView": {
    kind: "mutation",
    roles: everyone,
    input: ({ viewId }) => ({ viewId }),
    ids: { viewId: "empty" },
  },
  "links.change": {
    kind: "mutation",
    roles: senders,
    input: ({ linkId }) => ({ changes: [{ linkId, tags: ["autumn"] }] }),
  },
  "links.settle": {
    kind: "mutation",
    roles: senders,
    input: ({ unknownLinkId }) => ({ linkId: unknownLinkId, url: "" }),
    ids: { linkId: "refused" },
    accepts: { url: optionalChoice },
  },
  "links.settleByReading": {
    kind: "mutation",
    roles: senders,
    input: ({ readableLinkId }) => ({ linkId: readableLinkId }),
    ids: { linkId: "refused" },
  },
  "links.createForm": {
    kind: "mutation",
    roles: senders,
    input: ({ practiceId, formId }) => ({
      operationId: randomUUID(),
      practiceId,
      formId,
      patientId: "4417",
      name: "Asthma review",
      reference: "letter 17",
      tags: ["autumn"],
      expiresOn: inDays(7),
      maximumUses: 1,
    }),
    ids: { practiceId: "refused", operationId: "own space" },
    accepts: {
      patientId: optionalChoice,
      name: optionalText,
      reference: optionalText,
      tags: ["missing", "a list"],
    },
  },
  "bulk.list": { kind: "query", roles: everyone },
  "bulk.columns": { kind: "query", roles: senders },
  "bulk.get": {
    kind: "query",
    roles: everyone,
    input: ({ wholeBulkId }) => ({ bulkId: wholeBulkId }),
    ids: { bulkId: "refused" },
  },
  "bulk.rows": {
    kind: "query",
    roles: everyone,
    input: ({ wholeBulkId }) => ({ bulkId: wholeBulkId, state: "waiting", after: 0 }),
    ids: { bulkId: "refused" },
    accepts: { state: omissible, after: ["missing", "a number"] },
  },
  "bulk.check": {
    kind: "query",
    roles: senders,
    input: ({ wholeBulkId }) => ({ bulkId: wholeBulkId }),
    ids: { bulkId: "refused" },
  },
  "bulk.create": {
    kind: "mutation",
    roles: senders,
    input: () => ({
      operationId: randomUUID(),
      name: "Flu letters",
      kind: "booking",
      rowCount: 1,
      columns: { reference: "Ref" },
    }),
    accepts: { name: ["emoji"] },
  },
  "bulk.addRows": {
    kind: "mutation",
    roles: senders,
    input: ({ openBulkId, practiceId, choice }) => ({
      bulkId: openBulkId,
      rows: [{ rowNumber: 1, practiceId, ...choice, expiresOn: inDays(7), maximumUses: 1 }],
    }),
    ids: { bulkId: "refused" },
  },
  "bulk.start": {
    kind: "mutation",
    roles: senders,
    input: ({ wholeBulkId }) => ({ bulkId: wholeBulkId, confirmedRecipients: 1 }),
    ids: { bulkId: "refused" },
    accepts: { confirmedRecipients: ["missing", "a number"] },
  },
  "bulk.pause": {
    kind: "mutation",
    roles: senders,
    input: ({ runningBulkId }) => ({ bulkId: runningBulkId }),
    ids: { bulkId: "refused" },
  },
  "bulk.resume": {
    kind: "mutation",
    roles: senders,
    input: ({ runningBulkId }) => ({ bulkId: runningBulkId }),
    ids: { bulkId: "refused" },
  },
  "bulk.cancel": {
    kind: "mutation",
    roles: senders,
    input: ({ runningBulkId }) => ({ bulkId: runningBulkId }),
    ids: { bulkId: "refused" },
  },
  "links.get": {
    kind: "query",
    roles: everyone,
    input: ({ linkId }) => ({ linkId }),
    ids: { linkId: "refused" },
  },
  "links.findOperation": {
    kind: "query",
    roles: everyone,
    input: ({ operationId }) => ({ operationId }),
    ids: { operationId: "empty" },
  },
  "links.create": {
    kind: "mutation",
    roles: senders,
    input: ({ practiceId, choice }) => ({
      operationId: randomUUID(),
      practiceId,
      ...choice,
      practitionerId: "",
      patientId: "4417",
      ...limits(),
    }),
    ids: { practiceId: "refused", operationId: "own space" },
    accepts: { practitionerId: optionalChoice, patientId: optionalChoice, ...acceptsLimits },
  },
  "links.update": {
    kind: "mutation",
    roles: senders,
    input: ({ linkId }) => ({ linkId, ...limits() }),
    ids: { linkId: "refused" },
    // Dates that Hero has cannot be taken away again; the refusal is the service's.
    accepts: { name: optionalText },
  },
  "links.refresh": {
    kind: "mutation",
    roles: everyone,
    input: ({ linkId }) => ({ linkId }),
    ids: { linkId: "refused" },
  },
  "links.close": {
    kind: "mutation",
    roles: senders,
    input: ({ closableLinkId }) => ({ linkId: closableLinkId }),
    ids: { linkId: "refused" },
  },
  "forms.list": {
    kind: "query",
    roles: everyone,
    input: ({ practiceId }) => ({ practiceId, search: "asthma", formType: "questionnaire" }),
    ids: { practiceId: "refused" },
    accepts: { search: optionalText, formType: omissible },
  },
  "forms.get": {
    kind: "query",
    roles: everyone,
    input: ({ practiceId, formId }) => ({ practiceId, formId }),
    ids: { practiceId: "refused" },
  },
  "slots.count": {
    kind: "query",
    roles: senders,
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
  "patients.lookUp": {
    kind: "mutation",
    roles: senders,
    input: ({ practiceId }) => ({
      practiceId,
      identity: { by: "nhs_number", nhsNumber: "999 000 0018", dateOfBirth: "1980-01-01" },
    }),
    ids: { practiceId: "refused" },
  },
  "activity.list": {
    kind: "query",
    roles: watchers,
    input: ({ auditId }) => ({ cursor: auditId, limit: 10 }),
    ids: paging,
    accepts: { cursor: omissible, limit: omissible },
  },
  "apiKeys.list": { kind: "query", roles: connectors },
  "apiKeys.create": {
    kind: "mutation",
    roles: connectors,
    input: () => ({ name: "Letters server", permissions: ["links.read", "links.create"] }),
    accepts: { name: ["emoji"] },
  },
  "apiKeys.revoke": {
    kind: "mutation",
    roles: connectors,
    input: ({ apiKeyId }) => ({ apiKeyId }),
    ids: { apiKeyId: "refused" },
  },
  "elements.ofPractice": {
    kind: "query",
    roles: everyone,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
  "elements.scripts": { kind: "query", roles: everyone },
  "elements.acknowledgeScript": {
    kind: "mutation",
    roles: connectors,
    input: ({ script }) => script,
  },
  "placements.list": { kind: "query", roles: everyone },
  "placements.get": {
    kind: "query",
    roles: everyone,
    input: ({ placementId }) => ({ placementId }),
    ids: { placementId: "refused" },
  },
  "placements.reports": {
    kind: "query",
    roles: everyone,
    input: ({ placementId }) => ({ placementId }),
    ids: { placementId: "refused" },
  },
  "placements.create": {
    kind: "mutation",
    roles: connectors,
    input: ({ practiceId }) => ({
      element: "hh-message-builder",
      ...placement(practiceId),
      theme: null,
    }),
    accepts: { ...acceptsPlacement, ...acceptsTheme },
  },
  "placements.update": {
    kind: "mutation",
    roles: connectors,
    input: ({ placementId, practiceId }) => ({ placementId, ...placement(practiceId) }),
    ids: { placementId: "refused" },
    accepts: acceptsPlacement,
  },
  "placements.setTheme": {
    kind: "mutation",
    roles: connectors,
    input: ({ placementId }) => ({ placementId, theme: { font: { sans: "Inter, sans-serif" } } }),
    ids: { placementId: "refused" },
    accepts: acceptsTheme,
  },
  "placements.switch": {
    kind: "mutation",
    roles: connectors,
    input: ({ placementId }) => ({ placementId, isOn: true }),
    ids: { placementId: "refused" },
    accepts: { isOn: ["a truth value"] },
  },
  "elementSessions.open": {
    kind: "mutation",
    roles: senders,
    input: ({ practiceId }) => ({ practiceId, patientId: "881" }),
    ids: { practiceId: "refused" },
    accepts: { patientId: optionalChoice },
  },
  "practices.connectNetwork": {
    kind: "mutation",
    roles: connectors,
    input: ({ credentialId, networkPracticeGroupId }) => ({
      credentialId,
      practiceGroupId: networkPracticeGroupId,
      alias: "Neighbour",
    }),
    ids: { credentialId: "refused" },
    accepts: { alias: optionalText },
  },
  "practices.connect": {
    kind: "mutation",
    roles: connectors,
    input: ({ spare: { apiKey, practiceGroupId } }) => ({
      apiKey,
      practiceGroupId,
      alias: "Spare",
    }),
    accepts: { alias: optionalText },
  },
  // Last: the others need the practice.
  "practices.disconnect": {
    kind: "mutation",
    roles: connectors,
    input: ({ practiceId }) => ({ practiceId }),
    ids: { practiceId: "refused" },
  },
};

const someToken = () => "t".repeat(43);
const somePassword = "twelve characters at least";
const someAddress = () => `person-${randomUUID().slice(0, 8)}@example.com`;
// Any text may be tried as a password; a new one may be any text that is long enough.
const longText = ["control characters"] as const;
const anyText = [
  "blank",
  "control characters",
  "right-to-left override",
  "emoji",
  "half an emoji",
] as const;

/** Every procedure outside a tenant. */
export const accountProcedures: Record<string, AccountEntry> = {
  signUp: {
    kind: "mutation",
    who: "anybody",
    input: () => ({ name: "Pat Person", email: someAddress(), password: somePassword }),
    accepts: { name: ["emoji"], password: longText },
  },
  verifyEmail: {
    kind: "mutation",
    who: "anybody",
    input: () => ({ token: someToken(), password: somePassword }),
    accepts: { password: anyText },
  },
  requestPasswordReset: {
    kind: "mutation",
    who: "anybody",
    input: () => ({ email: someAddress() }),
  },
  resetPassword: {
    kind: "mutation",
    who: "anybody",
    input: () => ({ token: someToken(), password: somePassword }),
    accepts: { password: longText },
  },
  me: { kind: "query", who: "signed in" },
  createOrganisation: {
    kind: "mutation",
    who: "signed in",
    input: () => ({ name: "Acme Health", slug: `acme-${randomUUID().slice(0, 8)}` }),
    accepts: { name: ["emoji"] },
  },
  sessions: { kind: "query", who: "signed in" },
  endSession: {
    kind: "mutation",
    who: "signed in",
    input: () => ({ sessionId: randomUUID() }),
    ids: { sessionId: "refused" },
  },
  endOtherSessions: { kind: "mutation", who: "signed in" },
};
