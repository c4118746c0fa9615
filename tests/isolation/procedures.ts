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
  operationId: string;
  auditId: string;
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
const paging = { cursor: "own space" } as const;

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
    input: ({ practiceId, linkId }) => ({ practiceId, cursor: linkId, limit: 10 }),
    ids: { practiceId: "empty", ...paging },
    accepts: { practiceId: omissible, cursor: omissible, limit: omissible },
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
