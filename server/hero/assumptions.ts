import "server-only";

/** A place in Hero's description that confirms or refutes an assumption. */
export type Evidence = {
  /** An operation as in `openapi/hero.yaml`: its method and path must be the same. */
  readonly operation: string;
  /** A part of it: `query.page_index`, `body.form_id`, `reply.data[].id`, `header.Idempotency-Key`. */
  readonly part?: string;
  readonly type?: "string" | "boolean" | "number" | "array";
  readonly isRequired?: boolean;
  /** Values that must be among the described ones. */
  readonly values?: readonly string[];
  readonly format?: string;
  /** The assumption is that there is no such part. */
  readonly isAbsent?: boolean;
};

export type Assumption = {
  readonly id: string;
  /** What Hero does not document. */
  readonly subject: string;
  readonly assumption: string;
  /** Source files that depend on it; each cites it. None when the portal does not depend on it. */
  readonly reliedOnBy: readonly string[];
  /** What people see when the assumption is wrong. */
  readonly whenWrong: string;
  /** How Hero's staging environment answers it. */
  readonly stagingTest: string;
  readonly evidence: readonly Evidence[];
  /** A description can refute it, but only a call can confirm it. */
  readonly isBehaviour?: boolean;
};

const notUsed = { reliedOnBy: [], whenWrong: "Nothing: not used.", evidence: [] } as const;

/**
 * Everything that the portal assumes about Hero because Hero does not document it. Code cites an entry
 * as `assumption 14`. `docs/assumptions.md` is generated from here, and `bin/contract-check` compares
 * each entry with a description of Hero's API.
 */
export const assumptions: readonly Assumption[] = [
  {
    id: "1",
    subject: "Rate limits: numbers, windows, headers, per key or partner",
    assumption:
      "Settings, by default 5 calls a second and 4 at a time for each key. `Retry-After` is honoured. Only calls that change nothing are retried automatically.",
    reliedOnBy: ["server/services/hero-calls/limiter.ts"],
    whenWrong: "“Hero is receiving too many requests.” Reads wait and are retried.",
    stagingTest: "Send 20 reads in a second with one key; compare statuses and headers.",
    evidence: [],
  },
  {
    id: "2",
    subject: "The body of error responses",
    assumption:
      "`{ error, statusCode, message }`, or the status alone. It is never shown to people.",
    reliedOnBy: ["server/hero/request.ts"],
    whenWrong: "The message names no field.",
    stagingTest: "Create a link with `expiry_date: tomorrow`; compare the body.",
    evidence: [
      { operation: "createBookingLink", part: "400.message[].path", type: "array" },
      { operation: "getBookingLink", part: "404.statusCode", type: "number" },
    ],
  },
  {
    id: "3",
    subject: "The difference between 401 and 403",
    assumption:
      "401: the key is unknown or was replaced; a new one is needed. 403: a permission is missing, so that feature is unavailable.",
    reliedOnBy: ["server/services/hero-calls/record.ts"],
    whenWrong: "The practice is shown as “Key rejected”, or a feature as unavailable.",
    stagingTest: "Call `GET /v1/me` with a wrong key, then with a key that lacks a permission.",
    evidence: [],
  },
  {
    id: "4",
    subject: "The refusal of a call for a practice outside the key's network",
    assumption: "403 or 404; both mean “not in a network with this key's practice”.",
    reliedOnBy: ["server/services/practices/report.ts"],
    whenWrong: "“This key cannot access that practice” for another reason.",
    stagingTest: "Call `GET /v1/me` with the practice group ID of another network.",
    evidence: [],
  },
  {
    id: "5",
    subject: "Idempotency keys",
    assumption:
      "There are none. A link whose response was lost is recorded as unknown and never sent again.",
    reliedOnBy: ["server/hero/booking-links.ts"],
    whenWrong: "More links are shown as unknown than necessary.",
    stagingTest: "Create a link twice with the same `Idempotency-Key`; list the links.",
    evidence: [
      { operation: "createBookingLink", part: "header.Idempotency-Key", isAbsent: true },
      { operation: "createFormLink", part: "header.Idempotency-Key", isAbsent: true },
    ],
  },
  {
    id: "6",
    subject: "The permission each operation needs",
    assumption: "Found out by calling, and stored for each connection.",
    reliedOnBy: ["server/schemas/hero-capabilities.ts"],
    whenWrong: "A feature is shown as available until its first call is refused.",
    stagingTest: "Test a connection with a key that has the messaging permission only.",
    evidence: [],
  },
  {
    id: "7",
    subject: "When keys expire",
    assumption:
      "Never; they end when a practice replaces them or disconnects. `GET /v1/me` is checked daily.",
    reliedOnBy: ["components/practices/credential-card.tsx"],
    whenWrong: "“Key rejected”, with an email to those who can replace it.",
    stagingTest: "Confirm with Hero; a key that still works after a year confirms it.",
    evidence: [],
  },
  {
    id: "8",
    subject: "How a partner learns that a practice connected, replaced its key or left",
    assumption:
      "Hero does not report it. The portal requests keys and shows the state of each connection.",
    ...notUsed,
    stagingTest: "Replace a key in Hero; wait for any message to the partner.",
  },
  {
    id: "9",
    subject: "A key for all practices, or a list of connected practices",
    assumption: "There is none.",
    ...notUsed,
    stagingTest: "Confirm with Hero.",
  },
  {
    id: "10",
    subject: "The format of `x-practice-group-id`",
    assumption: "Up to 64 letters, digits, `-` and `_`, without a meaning.",
    reliedOnBy: ["server/schemas/practices.ts"],
    whenWrong: "The form rejects the ID and gives the expected format.",
    stagingTest: "Connect each staging practice by the ID that Hero shows.",
    evidence: [],
  },
  {
    id: "11",
    isBehaviour: true,
    subject: "The first page, the largest page, the meaning of `count`",
    assumption:
      "Pages from 0, 50 rows, at most 100. A list is complete only when it is read to its end; nothing is concluded from what an incomplete list lacks.",
    reliedOnBy: ["server/hero/booking-links.ts"],
    whenWrong: "“Hero's list could not be read in full. Ask the practice.” The link stays unknown.",
    stagingTest:
      "Read `GET /v1/short_links` with `page_index` 0, 1 and 2 and `page_size` 1 and 200.",
    evidence: [
      { operation: "listShortLinks", part: "query.page_index", type: "string" },
      { operation: "listShortLinks", part: "query.page_size", type: "string" },
      { operation: "listShortLinks", part: "reply.count", type: "number" },
    ],
  },
  {
    id: "12",
    subject: "The format of `created_at` and `updated_at` where they are plain text",
    assumption: "ISO 8601, UTC.",
    ...notUsed,
    stagingTest: "Read any record with these fields.",
  },
  {
    id: "13",
    isBehaviour: true,
    subject: "Dates or timestamps for dates of birth, link dates and `start_date`",
    assumption: "`YYYY-MM-DD`, as dates in the United Kingdom.",
    reliedOnBy: ["server/hero/slots.ts"],
    whenWrong: "Hero refuses the date, and the form says so at its field.",
    stagingTest: "Count slots for one day with free slots before 1am and after 11pm in summer.",
    evidence: [
      { operation: "createBookingLink", part: "body.from_date", format: "date" },
      { operation: "createBookingLink", part: "body.to_date", format: "date" },
      { operation: "createBookingLink", part: "body.expiry_date", format: "date" },
      { operation: "countSlots", part: "query.start_date", type: "string" },
      { operation: "countSlots", part: "query.end_date", type: "string" },
    ],
  },
  {
    id: "14",
    subject: "The time of day at which a link expires",
    assumption: "The end of that day in London. Screens show the date only.",
    reliedOnBy: ["server/services/links/filter.ts"],
    whenWrong: "On its last day, a link shown as live may no longer open.",
    stagingTest: "Create a link that expires today; open it at noon and after midnight.",
    evidence: [],
  },
  {
    id: "15",
    subject: "What a missing expiry or use count means",
    assumption: "No expiry and unlimited use. The portal always sends both.",
    ...notUsed,
    stagingTest: "Create a link without both; read it.",
  },
  {
    id: "16",
    subject: "The response of creating a booking link",
    assumption: "`booking_link`, perhaps `id`. The ID is optional.",
    reliedOnBy: ["server/hero/created-link.ts"],
    whenWrong: "“Hero's reply could not be read.” The link is shown as unknown.",
    stagingTest: "`bin/contract-check --staging --with-test-link`",
    evidence: [
      { operation: "createBookingLink", part: "reply.booking_link", type: "string" },
      { operation: "createBookingLink", part: "reply.id", type: "string" },
    ],
  },
  {
    id: "16a",
    subject: "Whether a link without a patient is still allowed",
    assumption: "Yes; links for one patient are the default.",
    reliedOnBy: ["server/schemas/links/inputs.ts"],
    whenWrong: "“Hero rejected the values sent. No link was created.”",
    stagingTest: "`bin/contract-check --staging --with-test-link`",
    evidence: [{ operation: "createBookingLink", part: "body.patient_id", isRequired: false }],
  },
  {
    id: "17",
    subject: "Form links: path, body, response, how a patient confirms who they are",
    assumption:
      "`POST /v1/form_links` with `form_id`, `patient_id` and `expiry_date`; date of birth, as for booking links.",
    reliedOnBy: ["server/hero/form-links.ts", "server/services/links/create.ts"],
    whenWrong: "“No link was created.” The practice shows form links as unavailable.",
    stagingTest: "Create a form link for a test patient; open it.",
    evidence: [
      { operation: "createFormLink" },
      { operation: "createFormLink", part: "body.form_id", type: "string" },
      { operation: "createFormLink", part: "body.patient_id", type: "string", isRequired: false },
      { operation: "createFormLink", part: "body.expiry_date", format: "date" },
      { operation: "createFormLink", part: "body.maximum_use_count", type: "number" },
      { operation: "createFormLink", part: "reply.form_link", type: "string" },
    ],
  },
  {
    id: "18",
    subject: "Video links: body and response",
    assumption: "Not used.",
    ...notUsed,
    stagingTest: "None.",
  },
  {
    id: "19",
    subject: "The values of a link's status and type",
    assumption:
      "Open sets: `unused`, `used`, `expired`, `locked`, `booking` and `form` are recognised; any other value decides nothing.",
    reliedOnBy: ["server/hero/link-status.ts", "server/services/links/refresh.ts"],
    whenWrong: "A form link's uses are not counted.",
    stagingTest: "Read the status of a link before and after its use and after it has expired.",
    evidence: [
      { operation: "getLinkStatus", part: "reply.status", values: ["unused", "used", "expired"] },
      { operation: "getLinkStatus", part: "reply.type", values: ["booking", "form"] },
      { operation: "listShortLinks", part: "reply.data[].type", values: ["booking", "form"] },
    ],
  },
  {
    id: "20",
    subject: "Booking and rescheduling an appointment: path, verb, body",
    assumption: "Not used; patients book through links.",
    ...notUsed,
    stagingTest: "None.",
  },
  {
    id: "21",
    subject: "How long a slot is held",
    assumption: "Until `reserved_until`, never a fixed time.",
    ...notUsed,
    stagingTest: "Reserve a slot; read `reserved_until`.",
  },
  {
    id: "22",
    subject: "The response when two callers take one slot",
    assumption: "400 or 409.",
    ...notUsed,
    stagingTest: "Reserve one slot twice.",
  },
  {
    id: "23",
    subject: "The status values of messages, record writes and appointments",
    assumption: "Open sets.",
    ...notUsed,
    stagingTest: "Send a message to a test patient; read its status until it changes.",
  },
  {
    id: "24",
    subject: "Message length, allowed characters, sender, opt-outs",
    assumption:
      "The practice's SMS supplier decides. Above 160 standard characters the portal warns.",
    ...notUsed,
    stagingTest: "Send a message of 161 characters.",
  },
  {
    id: "25",
    subject: "The purpose of `encrypted` and `auth_token`",
    assumption: "Neither is sent or stored.",
    ...notUsed,
    stagingTest: "Confirm with Hero.",
  },
  {
    id: "26",
    subject: "Who is shown as the author of a message sent by API",
    assumption: "The API key. The portal records the person itself.",
    ...notUsed,
    stagingTest: "Send a message; read it in Hero.",
  },
  {
    id: "27",
    subject: "The largest batch",
    assumption: "500 recipients.",
    ...notUsed,
    stagingTest: "Send a batch to 501 test recipients.",
  },
  {
    id: "28",
    isBehaviour: true,
    subject: "Ambiguous, restricted or deceased patients in a search",
    assumption:
      "Only 404 means “not found”; any other response without an ID identifies no patient. A record has `restricted`, `status` and `deceased_at`; one that lacks an answer, or cannot be read, does not say whether the patient may be contacted. Deceased, archived and restricted patients get no link and no element session.",
    reliedOnBy: ["server/hero/patients.ts", "server/services/patients/check.ts"],
    whenWrong: "The patient could not be checked, and no link is created.",
    stagingTest: "Look up Hero's test patients of each kind by NHS number and by details.",
    evidence: [
      { operation: "getPatientById", part: "reply.restricted", type: "boolean" },
      { operation: "getPatientById", part: "reply.deceased_at", type: "string" },
      { operation: "getPatientById", part: "reply.status", values: ["archived", "unarchived"] },
      { operation: "registerPatientPds", part: "reply.patient_id", type: "string" },
    ],
  },
  {
    id: "29",
    isBehaviour: true,
    subject: "The format of NHS numbers",
    assumption: "Ten digits without spaces, with a valid check digit.",
    reliedOnBy: ["server/schemas/patients.ts"],
    whenWrong: "“Hero does not accept this NHS number.”",
    stagingTest: "Look up a test patient by NHS number.",
    evidence: [{ operation: "registerPatientPds", part: "body.nhs_number", type: "string" }],
  },
  {
    id: "30",
    subject: "Which record survives a merge",
    assumption: "Not used.",
    ...notUsed,
    stagingTest: "None.",
  },
  {
    id: "31",
    subject: "How long a merge token lives",
    assumption: "Not used.",
    ...notUsed,
    stagingTest: "None.",
  },
  {
    id: "32",
    subject: "Webhooks: retries, order, time limits, encoding, newer events",
    assumption: "Not used.",
    ...notUsed,
    stagingTest: "None.",
  },
  {
    id: "33",
    isBehaviour: true,
    subject: "Element events, other elements, the claims of tokens",
    assumption: "See `docs/decisions/012-elements.md`. A token is opaque and lasts 30 minutes.",
    reliedOnBy: ["server/hero/access-token.ts"],
    whenWrong: "The element asks people to reload it before its token is renewed.",
    stagingTest: "Show an element for 31 minutes.",
    evidence: [{ operation: "createAccessToken", part: "reply.access_token", type: "string" }],
  },
  {
    id: "34",
    subject: "Test patients in staging",
    assumption: "Hero names them; the sandbox has test patients as well.",
    ...notUsed,
    stagingTest: "Confirm with Hero.",
  },
  {
    id: "35",
    subject: "Steps before going live",
    assumption: "To be agreed with Hero and each practice.",
    ...notUsed,
    stagingTest: "Confirm with Hero.",
  },
  {
    id: "36",
    subject: "Versions and deprecation of the API",
    assumption: "v1 and v2 side by side; a version is fixed for each operation.",
    reliedOnBy: ["server/hero/booking-links.ts"],
    whenWrong: "Booking links are shown as unavailable for the practice.",
    stagingTest: "`bin/contract-check --staging`",
    evidence: [{ operation: "listBookingLinks" }, { operation: "listShortLinks" }],
  },
  {
    id: "37",
    subject: "Availability",
    assumption: "In the partner agreement.",
    ...notUsed,
    stagingTest: "Confirm with Hero.",
  },
  {
    id: "38",
    subject: "Calls from browsers",
    assumption: "None; the server sends every call.",
    ...notUsed,
    stagingTest: "None.",
  },
  {
    id: "39",
    subject: "Whether the first and last appointment date of a link, and of a count, are included",
    assumption: "Both are included.",
    reliedOnBy: ["server/services/links/create.ts", "server/hero/slots.ts"],
    whenWrong: "Patients cannot book on the last date that the link page shows.",
    stagingTest: "Create a link whose two dates are the same day with free slots; open it.",
    evidence: [],
  },
  {
    id: "40",
    isBehaviour: true,
    subject: "Which fields a change of a link may contain, and its response",
    assumption:
      "Every field but the patient; an expiry date in the past closes the link. The response proves nothing: the link is read again.",
    reliedOnBy: ["server/hero/booking-links.ts"],
    whenWrong: "The change is reported as not confirmed, and the ledger keeps the earlier value.",
    stagingTest: "`bin/contract-check --staging --with-test-link`",
    evidence: [
      { operation: "updateBookingLink" },
      { operation: "updateBookingLink", part: "body.expiry_date", format: "date" },
      { operation: "updateBookingLink", part: "body.maximum_use_count", type: "number" },
      { operation: "updateBookingLink", part: "body.from_date", format: "date" },
      { operation: "updateBookingLink", part: "body.to_date", format: "date" },
    ],
  },
  {
    id: "41",
    subject:
      "Whether a refused write (400, 403, 404, 409) changed anything. After 401 and 429 Hero is read",
    assumption: "It changed nothing.",
    reliedOnBy: ["server/hero/errors.ts"],
    whenWrong: "“No link was created” for a link that exists at Hero.",
    stagingTest: "Create links above the rate limit; count those that Hero lists.",
    evidence: [],
  },
  {
    id: "42",
    subject: "IDs as text or numbers",
    assumption: "Text of digits; a number is read as the same text. IDs are compared as text.",
    reliedOnBy: ["server/hero/practice.ts"],
    whenWrong: "“Hero's reply could not be read.”",
    stagingTest: "`bin/contract-check --staging`",
    evidence: [
      { operation: "listLocations", part: "reply.data[].id", type: "string" },
      { operation: "listPractitioners", part: "reply.data[].id", type: "string" },
      { operation: "listShortLinks", part: "reply.data[].id", type: "string" },
      { operation: "getBookingLink", part: "reply.id", type: "string" },
    ],
  },
  {
    id: "43",
    subject: "The response of `GET /v1/me`",
    assumption: "`id` and `name` of the practice in `x-practice-group-id`.",
    reliedOnBy: ["server/services/practices/report.ts"],
    whenWrong: "The practice cannot be connected.",
    stagingTest: "`bin/contract-check --staging`",
    evidence: [
      { operation: "getPracticeGroupById", part: "reply.id", type: "string" },
      { operation: "getPracticeGroupById", part: "reply.name", type: "string" },
    ],
  },
  {
    id: "44",
    subject: "The fields of locations and practitioners",
    assumption: "`id` and `name`; `id`, `title`, `first_name` and `last_name`.",
    reliedOnBy: ["server/hero/practice.ts"],
    whenWrong: "“Hero's reply could not be read.” Booking links cannot be created.",
    stagingTest: "`bin/contract-check --staging`",
    evidence: [
      { operation: "listLocations", part: "reply.data[].name", type: "string" },
      { operation: "listPractitioners", part: "reply.data[].first_name", type: "string" },
      { operation: "listPractitioners", part: "reply.data[].last_name", type: "string" },
    ],
  },
  {
    id: "45",
    subject: "The fields of a booking link",
    assumption:
      "`active`, `expiry_date`, `maximum_uses`, `number_of_uses` and `open_count`; one that is missing changes nothing.",
    reliedOnBy: ["server/services/links/refresh.ts"],
    whenWrong: "Uses and opens stay as last read.",
    stagingTest: "`bin/contract-check --staging --with-test-link`",
    evidence: [
      { operation: "getBookingLink", part: "reply.active", type: "boolean" },
      { operation: "getBookingLink", part: "reply.number_of_uses", type: "number" },
      { operation: "getBookingLink", part: "reply.maximum_uses", type: "number" },
      { operation: "getBookingLink", part: "reply.open_count", type: "number" },
      { operation: "getBookingLink", part: "reply.short_link", type: "string" },
    ],
  },
  {
    id: "46",
    subject: "The fields of a short link",
    assumption: "`id`, `type`, `short_link` and `expiry_date`, which is null without expiry.",
    reliedOnBy: ["server/services/links/reconcile-unknown.ts"],
    whenWrong: "Hero's list proves nothing, and the link stays unknown.",
    stagingTest: "`bin/contract-check --staging`",
    evidence: [
      { operation: "listShortLinks", part: "reply.data[].short_link", type: "string" },
      { operation: "listShortLinks", part: "reply.data[].type", type: "string" },
      { operation: "listShortLinks", part: "reply.data[].expiry_date", type: "string" },
    ],
  },
  {
    id: "47",
    isBehaviour: true,
    subject: "Filtering short links to those without a patient",
    assumption: "`exclude_patient_specific_links=true` lists links that are for no one patient.",
    reliedOnBy: ["server/services/links/reconcile-unknown.ts"],
    whenWrong: "The link stays unknown.",
    stagingTest: "Create a link for a test patient; list with and without the filter.",
    evidence: [
      {
        operation: "listShortLinks",
        part: "query.exclude_patient_specific_links",
        type: "boolean",
      },
    ],
  },
  {
    id: "48",
    subject: "The fields of a form's questions",
    assumption:
      "`form_question_id` and `name`; `type`, `required` and `options` are shown when they have the expected type.",
    reliedOnBy: ["server/hero/forms.ts"],
    whenWrong: "The preview shows the question's text only.",
    stagingTest: "Read one form of each type.",
    evidence: [
      { operation: "getForm", part: "reply.fields[].form_question_id", type: "string" },
      { operation: "getForm", part: "reply.fields[].name", type: "string" },
    ],
  },
];
