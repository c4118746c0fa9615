import { heroCapabilityIds } from "./hero-capabilities";
import { postcode } from "./patients";
import { optionalTextLine, rowId, textLine } from "./text";
import { z } from "./zod";

/** Hero's practice group ID: opaque, up to 64 letters, digits, hyphens and underscores (assumption 10). */
export const practiceGroupId = z
  .string({ error: "Enter the practice group ID." })
  .trim()
  .min(1, { error: "Enter the practice group ID." })
  .max(64, { error: "A practice group ID has at most 64 characters." })
  .regex(/^[A-Za-z0-9_-]+$/, {
    error: "Use only letters, numbers, hyphens and underscores.",
  });

/** A Hero API key as pasted: visible ASCII without spaces, so that it fits in a header. */
const apiKey = z
  .string({ error: "Enter the API key." })
  .trim()
  .min(1, { error: "Enter the API key." })
  .min(16, { error: "This is too short to be a Hero API key." })
  .max(512, { error: "This is too long to be a Hero API key." })
  .regex(/^[\x21-\x7e]+$/, { error: "An API key has no spaces or special characters." });

export const practiceIdInput = z.object({ practiceId: rowId });
export type PracticeIdInput = z.infer<typeof practiceIdInput>;

/** Tests a key and a practice group ID against Hero; saves nothing. */
export const verifyPracticeInput = z.object({ apiKey, practiceGroupId });
export type VerifyPracticeInput = z.infer<typeof verifyPracticeInput>;

export const connectPracticeInput = z.object({
  apiKey,
  practiceGroupId,
  nickname: optionalTextLine("a nickname", 80),
});
export type ConnectPracticeInput = z.infer<typeof connectPracticeInput>;

/** Connects another practice of the same Hero network with an existing key. */
export const verifyNetworkPracticeInput = z.object({ credentialId: rowId, practiceGroupId });
export type VerifyNetworkPracticeInput = z.infer<typeof verifyNetworkPracticeInput>;

export const connectNetworkPracticeInput = z.object({
  credentialId: rowId,
  practiceGroupId,
  nickname: optionalTextLine("a nickname", 80),
});
export type ConnectNetworkPracticeInput = z.infer<typeof connectNetworkPracticeInput>;

export const renamePracticeInput = z.object({
  practiceId: rowId,
  nickname: optionalTextLine("a nickname", 80),
});
export type RenamePracticeInput = z.infer<typeof renamePracticeInput>;

export const replaceKeyInput = z.object({ credentialId: rowId, apiKey });
export type ReplaceKeyInput = z.infer<typeof replaceKeyInput>;

/** The result of one check; `reason` is a sentence for the user. */
const capabilityCheck = z.object({
  capability: z.enum(heroCapabilityIds),
  isAvailable: z.boolean(),
  reason: z.string().nullable(),
  durationMs: z.number().int(),
});
export type CapabilityCheck = z.infer<typeof capabilityCheck>;

/** What a connection test found. */
export const connectionReport = z.object({
  practiceGroupId: z.string(),
  name: z.string(),
  sector: z.string().nullable(),
  capabilities: z.array(z.string()),
  capabilityChecks: z.array(capabilityCheck),
});
export type ConnectionReport = z.infer<typeof connectionReport>;

/** A credential without its key. Timestamps are ISO strings in UTC. */
const credentialView = z.object({
  id: z.string(),
  lastFour: z.string(),
  fingerprint: z.string(),
  state: z.enum(["working", "needs_new_key"]),
  addedBy: z.string(),
  addedAt: z.string(),
  lastUsedAt: z.string().nullable(),
  ownPracticeGroupId: z.string(),
});
export type CredentialView = z.infer<typeof credentialView>;

/**
 * `health`: `working`, `limited` (Hero refuses this key something that links need), `failing` (the last test
 * failed) or `needs_new_key` (Hero responded 401).
 */
export const practiceView = z.object({
  id: z.string(),
  practiceGroupId: z.string(),
  name: z.string(),
  nickname: z.string().nullable(),
  sector: z.string().nullable(),
  capabilities: z.array(z.string()),
  capabilityChecks: z.array(capabilityCheck),
  health: z.enum(["working", "limited", "failing", "needs_new_key"]),
  healthReason: z.string().nullable(),
  lastCheckedAt: z.string().nullable(),
  lastSuccessAt: z.string().nullable(),
  connectedAt: z.string(),
  isNetworkPractice: z.boolean(),
  credential: credentialView,
});
export type PracticeView = z.infer<typeof practiceView>;

/** A practice as an option of switchers and filters. */
export const practiceOption = z.object({
  id: z.string(),
  name: z.string(),
  practiceGroupId: z.string(),
});
export type PracticeOption = z.infer<typeof practiceOption>;

/** The options for a booking link, read from Hero. */
export const bookingOptions = z.object({
  appointmentTypes: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      durationMinutes: z.number(),
      slotCount: z.number(),
    }),
  ),
  locations: z.array(z.object({ id: z.string(), name: z.string() })),
  practitioners: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type BookingOptions = z.infer<typeof bookingOptions>;

/** What the portal can change of a practice at Hero, in the order of an address. */
export const practiceDetailFields = [
  "name",
  "line1",
  "line2",
  "line3",
  "town",
  "county",
  "postcode",
] as const;
export type PracticeDetailField = (typeof practiceDetailFields)[number];

/** A practice's name and address in Hero; null for a line that is blank or missing. */
const practiceDetails = z.object({
  name: z.string(),
  line1: z.string().nullable(),
  line2: z.string().nullable(),
  line3: z.string().nullable(),
  town: z.string().nullable(),
  county: z.string().nullable(),
  postcode: z.string().nullable(),
});
export type PracticeDetails = z.infer<typeof practiceDetails>;

/** Name and address at one moment. `version` differs when any of them does. */
const versionedDetails = z.object({ version: z.string(), ...practiceDetails.shape });
export type VersionedPracticeDetails = z.infer<typeof versionedDetails>;

/** A practice as Hero describes it now. `settings` is null where Hero does not give them. */
export const practiceSettings = z.object({
  details: versionedDetails,
  settings: z
    .array(
      z.object({
        path: z.array(z.string()),
        value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
      }),
    )
    .nullable(),
  settingsProblem: z.string().nullable(),
});
export type PracticeSettings = z.infer<typeof practiceSettings>;

const optionalPostcode = z.preprocess(
  (value) =>
    value === null || (typeof value === "string" && value.trim() === "") ? undefined : value,
  postcode.optional(),
);

/** The whole new name and address, and the version that the person saw. */
export const changePracticeDetailsInput = z.object({
  practiceId: rowId,
  version: z.string({ error: "Reload the page." }).regex(/^[0-9a-f]{64}$/, {
    error: "Reload the page.",
  }),
  name: textLine("the practice's name", 200),
  line1: optionalTextLine("the first line of the address", 200),
  line2: optionalTextLine("the second line of the address", 200),
  line3: optionalTextLine("the third line of the address", 200),
  town: optionalTextLine("the town", 200),
  county: optionalTextLine("the county", 200),
  postcode: optionalPostcode,
});
export type ChangePracticeDetailsInput = z.infer<typeof changePracticeDetailsInput>;

/**
 * What Hero's record shows after a change:
 * `saved` – all of it;
 * `saved_in_part` – without the fields in `notSaved`;
 * `not_saved` – none of it;
 * `unknown` – Hero may still make it: a reply was lost, or the record could not be read;
 * `changed_since` – nothing was sent, because the record is no longer the one the person saw.
 * `details` is the record as last read, null when it could not be read.
 */
export const practiceDetailsResult = z.object({
  outcome: z.enum(["saved", "saved_in_part", "not_saved", "unknown", "changed_since"]),
  details: versionedDetails.nullable(),
  notSaved: z.array(z.enum(practiceDetailFields)),
});
export type PracticeDetailsResult = z.infer<typeof practiceDetailsResult>;
