import "server-only";
import type { Assumption } from "./assumption-types";

const notUsed = { reliedOnBy: [], whenWrong: "Nothing: not used." } as const;

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
  },
  {
    id: "4",
    subject: "The refusal of a call for a practice outside the key's network",
    assumption: "403 or 404; both mean “not in a network with this key's practice”.",
    reliedOnBy: ["server/services/practices/report.ts"],
    whenWrong: "“This key cannot access that practice” for another reason.",
    stagingTest: "Call `GET /v1/me` with the practice group ID of another network.",
  },
  {
    id: "5",
    subject: "Idempotency keys",
    assumption:
      "There are none. A link or message whose response was lost is recorded as unknown and never sent again.",
    reliedOnBy: [
      "server/hero/booking-links.ts",
      "server/hero/messages.ts",
      "server/hero/batches.ts",
    ],
    whenWrong: "More links and messages are shown as unknown than necessary.",
    stagingTest: "Create a link twice with the same `Idempotency-Key`; list the links.",
    evidence: [
      { operation: "createBookingLink", part: "header.Idempotency-Key", isAbsent: true },
      { operation: "createFormLink", part: "header.Idempotency-Key", isAbsent: true },
      { operation: "sendMessage", part: "header.Idempotency-Key", isAbsent: true },
      { operation: "createBatchMessage", part: "header.Idempotency-Key", isAbsent: true },
    ],
  },
  {
    id: "6",
    subject: "The permission each operation needs",
    assumption: "Found out by calling, and stored for each connection.",
    reliedOnBy: ["server/schemas/hero-capabilities.ts"],
    whenWrong: "A feature is shown as available until its first call is refused.",
    stagingTest: "Test a connection with a key that has the messaging permission only.",
  },
  {
    id: "7",
    subject: "When keys expire",
    assumption:
      "Never; they end when a practice replaces them or disconnects. `GET /v1/me` is checked daily.",
    reliedOnBy: ["components/practices/credential-card.tsx"],
    whenWrong: "“Key rejected”, with an email to those who can replace it.",
    stagingTest: "Confirm with Hero; a key that still works after a year confirms it.",
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
  },
  {
    id: "11",
    isBehaviour: true,
    subject: "The first page, the largest page, the meaning of `count`",
    assumption:
      "Pages from 0, 50 rows, at most 100. A list is complete only when it is read to its end; nothing is concluded from what an incomplete list lacks.",
    reliedOnBy: [
      "server/hero/booking-links.ts",
      "server/hero/slots.ts",
      "server/hero/read-pages.ts",
    ],
    whenWrong:
      "“Hero's list could not be read in full. Ask the practice.” The link stays unknown. “Not all slots could be read.”",
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
    subject: "Video links: body, response, and which practices have them",
    assumption:
      "`POST /v1/video_links` with `patient_id` and, as for form links, `expiry_date`; no limit on uses; date of birth, as for booking links. A practice has them if Hero lists a capability whose name contains `video`. `GET /v1/short_links` may not list them.",
    reliedOnBy: ["server/hero/video-links.ts"],
    whenWrong:
      "“No link was created”, or video links are not offered until someone tries one. If Hero ignores the expiry date, a link opens longer than the portal says.",
    stagingTest:
      "Create a video link for a test patient that expires today; open it now and after midnight; list the links.",
    evidence: [
      { operation: "createVideoLink" },
      { operation: "createVideoLink", part: "body.patient_id", type: "string" },
      { operation: "createVideoLink", part: "reply.video_link", type: "string" },
    ],
  },
  {
    id: "19",
    subject: "The values of a link's status and type",
    assumption:
      "Open sets: `unused`, `used`, `expired`, `locked`, `booking`, `form` and `video` are recognised; any other value decides nothing.",
    reliedOnBy: ["server/hero/link-status.ts", "server/services/links/refresh.ts"],
    whenWrong: "A form or video link's uses are not counted.",
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
    assumption:
      "`PATCH …/book` with `patient_id`, `reason` and `suppress_mail`; `PATCH …/reschedule` with `start_time`, `practitioner_id`, `duration` and `suppress_mail`.",
    reliedOnBy: ["server/hero/appointments.ts"],
    whenWrong:
      "Hero refuses the call. The appointment is read, and stays a reservation or as it was.",
    stagingTest: "Reserve, book and reschedule a slot for a test patient; cancel it.",
    evidence: [
      { operation: "bookAppointment" },
      { operation: "bookAppointment", part: "body.patient_id", type: "string" },
      { operation: "rescheduleAppointment" },
      { operation: "rescheduleAppointment", part: "body.start_time" },
      { operation: "rescheduleAppointment", part: "body.practitioner_id", type: "string" },
    ],
  },
  {
    id: "21",
    subject: "How long a slot is held",
    assumption: "Until `reserved_until`, never a fixed time.",
    reliedOnBy: ["server/hero/appointments.ts"],
    whenWrong: "Booking fails before the time shown, and other times are offered.",
    stagingTest: "Reserve a slot; read `reserved_until`.",
    evidence: [
      { operation: "createAppointment", part: "reply.id", type: "string" },
      { operation: "createAppointment", part: "reply.reserved_until", format: "date-time" },
    ],
  },
  {
    id: "22",
    isBehaviour: true,
    subject: "The response when two callers take one slot",
    assumption: "400 or 409; neither holds anything.",
    reliedOnBy: ["server/hero/appointments.ts"],
    whenWrong: "A taken slot is reported as another refusal.",
    stagingTest: "Reserve one slot twice.",
    evidence: [{ operation: "createAppointment" }],
  },
  {
    id: "23",
    subject: "The status values of messages, record writes and appointments",
    assumption:
      "Open sets. Of an appointment, words such as `reserved`, `booked`, `cancelled` and `lapsed` are recognised in any case; any other leaves its state unknown. Of a message and its record entry, words such as `delivered`, `read`, `undelivered` and `succeeded` are recognised; any other means “in progress”.",
    reliedOnBy: [
      "server/hero/appointments.ts",
      "server/hero/appointment-state.ts",
      "server/hero/message-state.ts",
    ],
    whenWrong:
      "The state of an appointment is shown as unknown. A message stays “sent”, with Hero's own word.",
    stagingTest:
      "Read the status of an appointment when reserved, booked, cancelled and left to lapse; that of a message until it changes.",
    evidence: [
      {
        operation: "getAppointmentStatus",
        part: "reply.status",
        values: ["reserved", "booked", "cancelled", "lapsed"],
      },
      { operation: "getMessage", part: "reply.status", values: ["delivered"] },
    ],
  },
  {
    id: "24",
    isBehaviour: true,
    subject: "Message length, allowed characters, sender, opt-outs",
    assumption:
      "The practice's SMS supplier decides. Parts are counted as the standard does, and a text message has at most 918 characters. Hero respects opt-outs.",
    reliedOnBy: ["server/schemas/message-text.ts"],
    whenWrong:
      "“Hero rejected the values sent”, or the practice pays for more parts than the estimate shows.",
    stagingTest:
      "Send text messages of 160, 161 and 918 characters, one with ŵ, and one to a patient who opted out; compare the supplier's report.",
    evidence: [
      { operation: "sendMessage", part: "body.message_string", type: "string", isRequired: true },
    ],
  },
  {
    id: "25",
    subject: "The purpose of `encrypted` and `auth_token`",
    assumption: "Neither is sent, read or stored.",
    reliedOnBy: ["server/hero/messages.ts"],
    whenWrong: "Nothing: messages are sent without it.",
    stagingTest: "Confirm with Hero.",
    evidence: [
      { operation: "sendMessage", part: "body.encrypted", isRequired: false },
      { operation: "sendMessage", part: "reply.auth_token", type: "string" },
    ],
  },
  {
    id: "26",
    subject: "Who is shown as the author of a message sent by API",
    assumption: "The API key. The portal records the person itself.",
    reliedOnBy: ["server/hero/messages.ts"],
    whenWrong: "Hero shows another author than the portal.",
    stagingTest: "Send a message; read it in Hero.",
    evidence: [{ operation: "sendMessage", part: "reply.submitted_by", type: "string" }],
  },
  {
    id: "27",
    subject: "The largest batch",
    assumption:
      "500 recipients, a setting. A longer list of patients is split into several batches.",
    reliedOnBy: ["server/hero/batches.ts"],
    whenWrong: "Hero refuses the batch, and nothing of it is sent.",
    stagingTest: "Create a batch for 501 test recipients, and send none of it.",
    evidence: [
      { operation: "createBatchMessage", part: "body.recipients", type: "array", isRequired: true },
    ],
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
    isBehaviour: true,
    subject: "Which record survives a merge, and which of the two a preview calls main",
    assumption: "The one that `result_patient` names. The two are told apart by their IDs.",
    reliedOnBy: ["server/hero/patient-merge.ts"],
    whenWrong: "“Hero's reply could not be read.” Nothing is merged.",
    stagingTest: "Preview the merge of two test patients in both orders; compare `result_patient`.",
    evidence: [
      { operation: "previewPatientMerge", part: "body.patient_id", type: "string" },
      { operation: "previewPatientMerge", part: "reply.main_patient.id", type: "string" },
      { operation: "previewPatientMerge", part: "reply.incoming_patient.id", type: "string" },
      { operation: "previewPatientMerge", part: "reply.result_patient.id", type: "string" },
    ],
  },
  {
    id: "31",
    isBehaviour: true,
    subject: "How long a merge token lives, and how often it can be used",
    assumption: "A few minutes, once. Each merge uses the token of a preview just before it.",
    reliedOnBy: ["server/hero/patient-merge.ts"],
    whenWrong: "“Hero rejected the values sent.” Nothing is merged.",
    stagingTest: "Preview a merge of two test patients; use the token after six minutes.",
    evidence: [{ operation: "previewPatientMerge", part: "reply.merge_token", type: "string" }],
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
      { operation: "getPractitioner", part: "reply.last_name", type: "string" },
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
  {
    id: "49",
    isBehaviour: true,
    subject: "The list of free slots: path, filters, fields",
    assumption:
      "`GET /v1/slots` with the filters of the count and pages from 0. A slot has an ID, a practitioner, a type, a location, a start and a finish; one without them cannot be booked. The client applies the filters again.",
    reliedOnBy: ["server/hero/slots.ts"],
    whenWrong:
      "“Hero's reply could not be read”, or not all slots are shown, and the page says so.",
    stagingTest: "`bin/contract-check --staging`",
    evidence: [
      { operation: "listSlots" },
      { operation: "listSlots", part: "query.appointment_type_id", type: "string" },
      { operation: "listSlots", part: "query.practitioner_id", type: "string" },
      { operation: "listSlots", part: "query.start_date", type: "string" },
      { operation: "listSlots", part: "query.page_index", type: "number" },
      { operation: "listSlots", part: "query.page_size", type: "number" },
      { operation: "listSlots", part: "reply.data[].start_time", format: "date-time" },
      { operation: "getSlot", part: "reply.finish_time", format: "date-time" },
    ],
  },
  {
    id: "50",
    isBehaviour: true,
    subject: "The responses to editing, booking, cancelling and rescheduling an appointment",
    assumption: "They prove nothing: the appointment and its status are read again.",
    reliedOnBy: ["server/hero/appointments.ts"],
    whenWrong: "A change is reported as not confirmed.",
    stagingTest: "Reserve, edit, book, reschedule and cancel a slot; read it after each step.",
    evidence: [
      { operation: "editAppointment" },
      { operation: "cancelAppointment" },
      { operation: "getAppointment", part: "reply.booking_confirmed_at", format: "date-time" },
    ],
  },
  {
    id: "51",
    subject: "The content of a practice's configuration",
    assumption:
      "Unknown: every setting is shown by its name, except those with the name of a secret.",
    reliedOnBy: ["server/hero/practice.ts"],
    whenWrong: "A setting is shown under Hero's own name.",
    stagingTest: "`bin/contract-check --staging`",
    evidence: [{ operation: "getConfiguration" }],
  },
  {
    id: "52",
    isBehaviour: true,
    subject: "Which fields a change of a practice may contain, and its response",
    assumption:
      "`name` and `address`, which is sent whole. Nothing else of the documented body is ever sent. The practice is read again.",
    reliedOnBy: ["server/hero/practice.ts"],
    whenWrong: "The change is reported as not confirmed, with what Hero has.",
    stagingTest: "Change the second address line of a staging practice; read it; change it back.",
    evidence: [
      { operation: "updatePracticeGroup", part: "body.name", type: "string" },
      { operation: "updatePracticeGroup", part: "body.address.line_1", type: "string" },
      { operation: "updatePracticeGroup", part: "body.address.postcode", type: "string" },
    ],
  },
  {
    id: "53",
    subject: "Registering a patient from a practice's own details: fields and response",
    assumption:
      "The fields of a patient: `nhs_number`, `dob`, `title`, `first_name`, `last_name`, `sex`, `email`, `mobile`, `address_line_1` and `postcode`. The response has `patient_id` or `id`.",
    reliedOnBy: ["server/hero/patients.ts"],
    whenWrong: "“Hero rejected the values sent”, or the patient is registered and not shown.",
    stagingTest: "Register a test patient from details twice; compare the IDs and the record.",
    evidence: [
      { operation: "registerPatient", part: "body.first_name", type: "string" },
      { operation: "registerPatient", part: "body.last_name", type: "string" },
      { operation: "registerPatient", part: "body.postcode", type: "string" },
      { operation: "registerPatient", part: "reply.patient_id", type: "string" },
    ],
  },
  {
    id: "54",
    isBehaviour: true,
    subject: "Whether a patient is registered in the clinical system",
    assumption:
      "`ehr_registered: true`. Any other answer, or none, does not say that they are registered.",
    reliedOnBy: ["server/hero/patients.ts"],
    whenWrong: "A registered patient is shown as not registered in the clinical system.",
    stagingTest: "Read a test patient that is connected and a temporary one.",
    evidence: [{ operation: "getPatientById", part: "reply.ehr_registered", type: "boolean" }],
  },
  {
    id: "55",
    isBehaviour: true,
    subject: "What the ID of a merged record gives",
    assumption: "The record that it was merged into, with its own ID, or an empty list.",
    reliedOnBy: ["server/hero/patients.ts"],
    whenWrong: "“Hero could not find it.” The merge is not recognised.",
    stagingTest: "Merge two test patients in Hero; read the ID of each.",
    evidence: [{ operation: "getPatientById", part: "reply.id", type: "string" }],
  },
  {
    id: "56",
    isBehaviour: true,
    subject: "The response to connecting a patient, and when it can be read",
    assumption:
      "The response proves nothing: the patient is read again, and `ehr_partner_id` may follow later.",
    reliedOnBy: ["server/hero/patient-ehr.ts"],
    whenWrong: "The connection is shown as accepted, not yet visible.",
    stagingTest: "Connect a test patient to a candidate; read the patient at once and later.",
    evidence: [
      { operation: "connectPatientEhr", part: "body.ehr_partner_id", type: "string" },
      {
        operation: "listPatientEhrCandidates",
        part: "reply.data[].ehr_partner_id",
        type: "string",
      },
      { operation: "getPatientById", part: "reply.ehr_partner_id", type: "string" },
    ],
  },
  {
    id: "57",
    isBehaviour: true,
    subject: "The response to a merge, and when it can be read",
    assumption: "The response proves nothing: both IDs are read again, and may change later.",
    reliedOnBy: ["server/hero/patient-merge.ts"],
    whenWrong: "The merge is shown as accepted, not yet visible.",
    stagingTest: "Merge two test patients; read both IDs at once and later.",
    evidence: [
      { operation: "mergePatient", part: "body.patient_id", type: "string" },
      { operation: "mergePatient", part: "body.merge_token", type: "string" },
    ],
  },
  {
    id: "58",
    subject: "The fields of a file in the clinical record",
    assumption:
      "`id`, which is the `ehr_file_id` of a link. A name and a date are shown when a likely field has them.",
    reliedOnBy: ["server/hero/attachments.ts"],
    whenWrong: "Files are listed without names.",
    stagingTest: "List the files of a test patient that has some; create a link to one.",
    evidence: [
      { operation: "listPatientAttachments", part: "reply.data[].id", type: "string" },
      { operation: "createAttachmentLink", part: "body.ehr_file_id", type: "string" },
      { operation: "createAttachmentLink", part: "reply.attachment_link", type: "string" },
      { operation: "createAttachmentLink", part: "reply.attachment_uuid", type: "string" },
    ],
  },
  {
    id: "59",
    isBehaviour: true,
    subject: "How long a merge whose response was lost may take",
    assumption: "At most 24 hours: two records that are still apart then were not merged.",
    reliedOnBy: ["server/services/merges/record.ts"],
    whenWrong:
      "The merge is shown as failed although it appears later. Both records are read again.",
    stagingTest: "Merge two test patients and note when both IDs show it.",
    evidence: [{ operation: "mergePatient", part: "body.merge_token", type: "string" }],
  },
  {
    id: "60",
    isBehaviour: true,
    subject: "Who created a link on the list",
    assumption:
      "Not recorded. After a lost response, the only generic booking link that agrees in every detail and that no organisation has is the one that was requested.",
    reliedOnBy: ["server/services/links/reconcile-unknown.ts"],
    whenWrong:
      "An identical link of the practice or another partner is shown as the organisation's, with “Found on Hero's list”. Its bookings are counted, and closing it closes theirs.",
    stagingTest:
      "Create two identical links with keys of two partners; compare their entries on the list and their records.",
    evidence: [
      { operation: "listShortLinks", part: "reply.data[].short_link", type: "string" },
      { operation: "getBookingLink", part: "reply.maximum_uses", type: "number" },
    ],
  },
  {
    id: "61",
    isBehaviour: true,
    subject: "Registering the same webhook URL twice",
    assumption:
      "Hero creates two registrations. A request whose response was lost is never sent again: the list shows its URL, which nobody else knows, or it was not created.",
    reliedOnBy: ["server/services/webhooks/register.ts", "server/services/webhooks/compare.ts"],
    whenWrong:
      "A webhook is shown as unknown or failed although Hero sends it. “Repair” registers it again.",
    stagingTest: "Create a webhook twice with the same URL; list the webhooks.",
    evidence: [
      { operation: "createWebhook", part: "header.Idempotency-Key", isAbsent: true },
      { operation: "listWebhooks", part: "reply.data[].url", type: "string" },
    ],
  },
  {
    id: "62",
    subject: "Deleting a webhook",
    assumption: "`DELETE /v1/webhooks/{id}`. The response proves nothing: the list is read again.",
    reliedOnBy: ["server/hero/webhooks.ts"],
    whenWrong: "Unwanted webhooks stay at Hero. Their deliveries are refused.",
    stagingTest: "Create a webhook, delete it, list the webhooks.",
    evidence: [{ operation: "deleteWebhook", part: "path.id", type: "string" }],
  },
  {
    id: "63",
    isBehaviour: true,
    subject: "Which webhooks the list has",
    assumption:
      "All of the practice group, whichever key created them, unless `count` is more than the list has. Only those with a URL of this portal count; all others are not changed.",
    reliedOnBy: ["server/services/webhooks/compare.ts"],
    whenWrong:
      "After a key is replaced, webhooks are shown as lost, and repairing registers them twice.",
    stagingTest: "Create webhooks with keys of two partners and two practices; list with each key.",
    evidence: [{ operation: "listWebhooks", part: "reply.count", type: "number" }],
  },
  {
    id: "64",
    isBehaviour: true,
    subject: "Event types that can be registered",
    assumption:
      "Each registration has one event type. Every type that Hero's pages name can be registered, `form-submission.created` included.",
    reliedOnBy: ["server/schemas/event-catalogue.ts"],
    whenWrong: "“Hero rejected the event type”: the practice's other webhooks work.",
    stagingTest: "Create a webhook for each event type.",
    evidence: [
      { operation: "createWebhook", part: "body.event_type", type: "string", isRequired: true },
    ],
  },
  {
    id: "65",
    isBehaviour: true,
    subject: "Whether Hero sends a delivery again, in which order, and for how long",
    assumption:
      "Nothing is documented: a delivery may arrive twice, late, in any order or never. Repeats have no second effect, and booked appointments are read again every ten minutes.",
    reliedOnBy: ["server/services/webhooks/intake.ts"],
    whenWrong:
      "Nothing, because the portal does not rely on it. A lost delivery delays its effect by up to ten minutes.",
    stagingTest:
      "Answer a delivery with 500, then not at all; note what arrives, and with which timestamp.",
  },
  {
    id: "66",
    isBehaviour: true,
    subject: "The response to sending a message",
    assumption:
      "`message_id`, and perhaps `content`, which contains the text that was sent. A response about another text or patient proves nothing: the message is unknown. Its patient is compared again when it is read.",
    reliedOnBy: ["server/hero/messages.ts"],
    whenWrong: "Messages that Hero changes are shown as unknown although patients receive them.",
    stagingTest:
      "Send a text message with a line break, an ampersand and ŵ; compare `content` with what arrives.",
    evidence: [
      { operation: "sendMessage", part: "reply.message_id", type: "string" },
      { operation: "sendMessage", part: "reply.content", type: "string" },
      { operation: "getMessage", part: "reply.patient.id", type: "string" },
    ],
  },
  {
    id: "67",
    isBehaviour: true,
    subject: "When an NHS App message falls back to another channel",
    assumption:
      "One hour after it was sent, if it was not opened and `fallback_message_type` was sent; to the record's contact unless another was sent. Without `fallback_message_type` there is none.",
    reliedOnBy: ["server/hero/messages.ts"],
    whenWrong:
      "A message for the NHS App only also arrives as a text message or email, as the practice's own settings say.",
    stagingTest:
      "Send an NHS App message with and without a fallback; leave both unread for two hours.",
    evidence: [
      {
        operation: "sendMessage",
        part: "body.fallback_message_type",
        values: ["email", "sms"],
        isRequired: false,
      },
      { operation: "sendMessage", part: "body.fallback_contact_detail", type: "string" },
    ],
  },
  {
    id: "68",
    isBehaviour: true,
    subject: "What `short_link_id` does to a message",
    assumption:
      "It records which link the message is about. Hero adds no address, so the text has the link's.",
    reliedOnBy: ["server/hero/messages.ts"],
    whenWrong: "Patients receive the address of the link twice, and the message is longer.",
    stagingTest: "Send a text message with a link's ID and another text; compare what arrives.",
    evidence: [
      { operation: "sendMessage", part: "body.short_link_id", type: "string" },
      { operation: "getMessage", part: "reply.short_link.id", type: "string" },
    ],
  },
  {
    id: "69",
    subject: "The response of `GET /v1/templates`",
    assumption:
      "A list, alone or in a field, of templates with `id`, a name and a text in likely fields. What cannot be read is left out.",
    reliedOnBy: ["server/hero/templates.ts"],
    whenWrong: "“Hero's list of templates could not be read.” The organisation's own can be used.",
    stagingTest: "`bin/contract-check --staging`",
    evidence: [{ operation: "listTemplates" }],
  },
  {
    id: "70",
    isBehaviour: true,
    subject: "The encoding and size of `file_data`",
    assumption: "Base64, without a prefix. The largest size is not documented.",
    reliedOnBy: ["server/hero/attachments.ts"],
    whenWrong: "“Hero rejected the values sent”, or the patient cannot open the file.",
    stagingTest: "Create attachment links to PDF files of 10 KB, 1 MB and 5 MB; open each.",
    evidence: [
      { operation: "createAttachmentLink", part: "body.file_data", type: "string" },
      { operation: "createAttachmentLink", part: "body.file_name", type: "string" },
      { operation: "sendMessage", part: "body.attachment_uuid", type: "string" },
    ],
  },
  {
    id: "71",
    isBehaviour: true,
    subject: "Which channel a message went through in the end",
    assumption: "Not documented. `message_type` of the message is used when it has one.",
    reliedOnBy: ["server/hero/messages.ts"],
    whenWrong: "The page does not say whether the fallback was used.",
    stagingTest:
      "Send an NHS App message with a fallback; leave it unread; read it after two hours.",
    evidence: [{ operation: "getMessage" }],
  },
  {
    id: "72",
    isBehaviour: true,
    subject: "The fields of a task after the patient's",
    assumption:
      "Perhaps `priority`, `assignee_type`, `assignee_id`, `created_at`, the patient's name, and the form response, link or message behind it. What is missing is shown as not known. A task belongs to a message or link when Hero says so; otherwise it is shown as one of the patient's tasks.",
    reliedOnBy: ["server/hero/tasks.ts", "server/hero/task-state.ts"],
    whenWrong:
      "Priority and assignee are shown as not known. All tasks of the patient are shown beside a message, and none beside a link for anyone.",
    stagingTest:
      "Send a test form through a link; read its task; change its status, priority and assignee and read it again.",
    evidence: [
      { operation: "getTask", part: "reply.patient.id", type: "string" },
      { operation: "getTask", part: "reply.status", values: ["open", "closed", "in_progress"] },
      {
        operation: "updateTask",
        part: "body.assignee_type",
        values: ["admin", "admin_team"],
        isRequired: false,
      },
      { operation: "updateTask", part: "reply.data.id", type: "string" },
    ],
  },
  {
    id: "73",
    isBehaviour: true,
    subject: "The filters and pages of the list of tasks",
    assumption:
      "It has no filters. `page_index` and `page_size` are sent only when `count` says that there are more tasks. The list is complete when its tasks are as many as `count`.",
    reliedOnBy: ["server/hero/tasks.ts"],
    whenWrong: "“Hero did not send all tasks.” Filters apply to those that it sent.",
    stagingTest: "List the tasks of a practice with more than 100.",
    evidence: [{ operation: "listTasks", part: "reply.count", type: "number" }],
  },
  {
    id: "74",
    subject: "The fields of an automated message",
    assumption:
      "A list, alone or in a field, of messages with `id`, and a type, status, channel, recipient, time and text in likely fields. What is missing is shown as not known.",
    reliedOnBy: ["server/hero/automated-messages.ts"],
    whenWrong: "Automated messages are shown without details, or not at all.",
    stagingTest: "`bin/contract-check --staging`",
    evidence: [{ operation: "listAutomatedMessages" }, { operation: "getAutomatedMessage" }],
  },
  {
    id: "75",
    isBehaviour: true,
    subject: "The response of `GET /v1/batch_message`",
    assumption:
      "A list in `data` with `count`. The published sample is one batch, which is read as a list of it. The list has every batch of the practice, with its name unchanged.",
    reliedOnBy: ["server/hero/batches.ts"],
    whenWrong: "A batch whose creation had no readable response is not found, and is not sent.",
    stagingTest: "Create two batches; list them with `page_size` 1 and `page_index` 0, 1 and 2.",
    evidence: [
      { operation: "listBatchMessages", part: "reply.data[].name", type: "string" },
      { operation: "listBatchMessages", part: "reply.count", type: "number" },
    ],
  },
  {
    id: "76",
    subject: "The words for a batch and for its recipients",
    assumption:
      "Those of the published lists, in any case. A batch that is not `CREATED` counts as sent; a recipient with any other word is neither accepted nor failed.",
    reliedOnBy: ["server/hero/batch-state.ts"],
    whenWrong: "A batch is shown as in progress, and is not sent again.",
    stagingTest:
      "Read a batch and its recipients before it is sent, at once after it, and an hour later.",
    evidence: [
      {
        operation: "getBatchMessage",
        part: "reply.status",
        values: ["CREATED", "PENDING", "SENDING", "COMPLETED"],
      },
    ],
  },
  {
    id: "77",
    isBehaviour: true,
    subject: "What sending a batch does, and a second time",
    assumption:
      "Nothing is sent before `PATCH /v1/batch_message/{id}/send`. Its reply is not read: the batch is no longer `CREATED` as soon as a patient may get the message. A second call might send again, so there is only one.",
    reliedOnBy: ["server/hero/batches.ts", "server/hero/batch-state.ts"],
    whenWrong: "A batch that Hero has sent could be taken for one that it has not.",
    stagingTest:
      "Create a batch for one test patient; read it for an hour; send it, read it at once, and send it again.",
    evidence: [
      { operation: "createBatchMessage", part: "reply.status", values: ["CREATED"] },
      { operation: "sendBatchMessage" },
    ],
  },
  {
    id: "78",
    isBehaviour: true,
    subject: "The fields of a batch's recipients and messages",
    assumption:
      "A recipient has `status`, and `nhs_number` and `dob` as they were sent. A message has the fields of `GET /v1/messages/{id}`. Every field may be missing, and patients are told apart by what there is.",
    reliedOnBy: ["server/hero/batches.ts"],
    whenWrong: "It is not known which patients of a batch received the message.",
    stagingTest: "List the recipients and the messages of a batch for two test patients.",
    evidence: [
      { operation: "listBatchMessageRecipients" },
      { operation: "listBatchMessageSends" },
      {
        operation: "createBatchMessage",
        part: "body.recipients[].nhs_number",
        type: "string",
        isRequired: true,
      },
    ],
  },
];
