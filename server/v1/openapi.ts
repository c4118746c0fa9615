import "server-only";
import { z } from "zod";
import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { env } from "../env";
import {
  updateLinkBody,
  createLinkBody,
  idempotencyKey,
  linkResource,
  linkResourcePage,
  destinationTestEvent,
  eventOfType,
  eventResourcePage,
  listEventsQuery,
  listLinksQuery,
  appointmentResource,
  createAppointmentBody,
  listSlotsBody,
  lookUpPatientBody,
  patientLookupResource,
  slotResources,
} from "../schemas/api-v1";
import { elementReport } from "../schemas/element-reports";
import {
  createdElementSession,
  createElementSessionBody,
  elementGrant,
  exchangeSecretBody,
} from "../schemas/element-sessions";
import { destinationTestType, eventLabels, eventTypeNames } from "../schemas/event-catalogue";
import { rowId } from "../schemas/text";
import { exampleOf } from "./example-of";
import { messageBatchPaths } from "./openapi-message-batches";
import { messagePaths } from "./openapi-messages";
import { bodyProblems, json, problemResponses, publicProblemResponses } from "./openapi-parts";

const linkPathParams = z.object({
  id: rowId.meta({ description: "The ID of the link." }),
});

const idempotencyHeader = z.object({
  "Idempotency-Key": idempotencyKey.optional().meta({
    description:
      "A unique key that you generate for each link. A retry with the same key and body returns the same link and sends nothing to Hero. The same key with a different body is an error. Keys do not expire and are shared by your organisation's API keys in this environment.",
    example: "letters-2026-12-0042",
  }),
});

const linkHeaders = z.object({
  Location: z
    .string()
    .meta({ description: "The address of the new link or appointment in this API." }),
  "Idempotency-Replayed": z.string().optional().meta({
    description: "`true` if the Idempotency-Key was used before.",
  }),
});

const linkResponse = (description: string) => ({
  description,
  headers: linkHeaders,
  content: json(linkResource),
});

/** Element sessions, and the requests that pages with an element send. */
const elementPaths: ZodOpenApiPathsObject = {
  "/api/v1/element-sessions": {
    post: {
      operationId: "createElementSession",
      summary: "Create an element session",
      description:
        "Creates a session for one page and one person. Only create one for someone you have signed in and authorised for the practice. Pass the secret to the page: until the session ends, the loader exchanges it for Hero access tokens, from the placement's allowed origins only. The page cannot change the patient or the member of staff. A named patient is checked as for a link. A patient that someone selects inside the element cannot be checked. Requires the `element_sessions.create` permission.",
      requestBody: { required: true, content: json(createElementSessionBody) },
      responses: {
        "201": { description: "The element session.", content: json(createdElementSession) },
        ...problemResponses(
          ...bodyProblems,
          "placement-off",
          "practice-refused",
          "not-found",
          "patient-not-checked",
        ),
      },
    },
  },
  "/api/v1/element-sessions/token": {
    post: {
      operationId: "exchangeElementSecret",
      summary: "Exchange a secret for a token",
      description:
        "Called by the loader in the page, without an API key: the secret and the page's `Origin` are checked instead. Each call returns one token and the next secret. Sending a used secret again ends the session, unless it is the last one and within 30 seconds, so that a lost response can be retried.",
      security: [],
      requestBody: { required: true, content: json(exchangeSecretBody) },
      responses: {
        "200": { description: "A token, and the element to mount.", content: json(elementGrant) },
        ...publicProblemResponses(
          ...bodyProblems,
          "session-refused",
          "origin-refused",
          "placement-off",
          "practice-refused",
          "hero-failed",
          "hero-unavailable",
          "hero-timed-out",
        ),
      },
    },
  },
  "/api/v1/element-reports": {
    post: {
      operationId: "reportElementError",
      summary: "Report an embed error",
      description:
        "Called by the loader. The portal counts each error code per placement and day. Reports contain nothing about the page, the person or the session.",
      security: [],
      requestBody: { required: true, content: json(elementReport) },
      responses: {
        "204": {
          description:
            "Accepted. Reports for unknown placements, or over 120 a minute, are ignored.",
        },
        ...publicProblemResponses("invalid-request", "malformed-json", "content-too-large"),
      },
    },
  },
};

const patientPaths: ZodOpenApiPathsObject = {
  "/api/v1/patients/lookup": {
    post: {
      operationId: "lookUpPatient",
      summary: "Look up a patient",
      description:
        "Finds a patient of one practice by two identifiers or more, and returns Hero's ID. Nothing else about the patient is returned or stored. A look-up by NHS number or by name may register a temporary patient at the practice. It can be sent again: a known patient has the same ID. Look-ups that match are limited by Hero only. After 20 in an hour that did not match, or a date of birth that was wrong three times for one patient, the response is 429 and nothing is sent to Hero. Requires the `patients.read` permission.",
      requestBody: { required: true, content: json(lookUpPatientBody) },
      responses: {
        "200": { description: "What was found.", content: json(patientLookupResource) },
        ...problemResponses(
          ...bodyProblems,
          "not-found",
          "conflict",
          "hero-failed",
          "hero-unavailable",
          "hero-timed-out",
        ),
      },
    },
  },
};

const appointmentResponse = (description: string) => ({
  description,
  headers: linkHeaders,
  content: json(appointmentResource),
});

const appointmentPaths: ZodOpenApiPathsObject = {
  "/api/v1/slots": {
    post: {
      operationId: "listSlots",
      summary: "List free slots",
      description:
        "Returns the free slots of seven days, read from Hero now. Requires the `appointments.book` permission.",
      requestBody: { required: true, content: json(listSlotsBody) },
      responses: {
        "200": { description: "The free slots, earliest first.", content: json(slotResources) },
        ...problemResponses(
          ...bodyProblems,
          "not-found",
          "conflict",
          "hero-failed",
          "hero-unavailable",
          "hero-timed-out",
        ),
      },
    },
  },
  "/api/v1/appointments": {
    post: {
      operationId: "createAppointment",
      summary: "Book an appointment",
      description:
        "Holds a slot for a patient and confirms it. Start, end and practitioner are the slot's own. Each request is sent to Hero once. If Hero's reply is lost, the status is 202. Only that reply has the appointment's ID, so an appointment without `heroAppointmentId` stays `unknown`: ask the practice before you book another. One with it is read again every ten minutes. A patient who has died or is archived is an error at `patientId`, and a restricted patient cannot be booked with an API key. Requires the `appointments.book` permission.",
      requestParams: {
        header: z.object({
          "Idempotency-Key": idempotencyKey.meta({
            description:
              "A unique key that you generate for each appointment. A retry with the same key and body books nothing twice.",
            example: "booking-2026-12-0042",
          }),
        }),
      },
      requestBody: { required: true, content: json(createAppointmentBody) },
      responses: {
        "200": appointmentResponse(
          "The appointment that was booked earlier with this Idempotency-Key.",
        ),
        "201": appointmentResponse("The booked appointment."),
        "202": appointmentResponse("It is not known whether Hero booked the appointment."),
        ...problemResponses(
          ...bodyProblems,
          "not-found",
          "conflict",
          "not-booked",
          "idempotency-key-reused",
          "hero-failed",
          "hero-unavailable",
          "hero-timed-out",
          "patient-not-checked",
        ),
      },
    },
  },
  "/api/v1/appointments/{id}": {
    get: {
      operationId: "getAppointment",
      summary: "Get an appointment",
      description:
        "Returns an appointment that the portal requested, as last read from Hero, at `refreshedAt`. Requires the `appointments.read` permission.",
      requestParams: {
        path: z.object({ id: rowId.meta({ description: "The ID of the appointment." }) }),
      },
      responses: {
        "200": { description: "The appointment.", content: json(appointmentResource) },
        ...problemResponses("not-found"),
      },
    },
  },
};

const eventPaths: ZodOpenApiPathsObject = {
  "/api/v1/events": {
    get: {
      operationId: "listEvents",
      summary: "List events",
      description:
        "Returns what happened in the API key's environment, oldest first: the same events that are sent to destinations. Keep `nextCursor` and send it with the next request; no event is skipped and none is returned twice. An event usually appears within a second. Events are kept for 90 days; an older cursor is rejected. Requires the `events.read` permission.",
      requestParams: { query: listEventsQuery },
      responses: {
        "200": {
          description: "The next events. There may be none.",
          headers: z.object({
            Link: z.string().optional().meta({
              description: 'The next page, with rel="next". Sent while `hasMore` is true.',
            }),
          }),
          content: json(eventResourcePage),
        },
        ...problemResponses("invalid-request", "cursor-expired"),
      },
    },
  },
};

const webhookHeaders = z.object({
  "webhook-id": z.string().meta({
    description: "The ID of the event. It is the same each time the event is sent.",
    example: "0199b2c4-9a40-7b11-8d3e-5c6f7a8b9c0d",
  }),
  "webhook-timestamp": z.string().meta({
    description:
      "When the event was sent, in Unix seconds. Reject events sent more than 5 minutes before or after now.",
    example: "1797845400",
  }),
  "webhook-signature": z.string().meta({
    description:
      "`v1,` and the Base64 of the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}`, with the bytes of the secret after `whsec_`, decoded from Base64. After a rotation there is one signature for each valid secret, separated by spaces.",
    example: "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
  }),
});

/** What destinations receive, for each event type (Standard Webhooks), and last the test event. */
function describeWebhooks(): ZodOpenApiPathsObject {
  const describe = (type: string, summary: string, when: string, schema: z.ZodType) => ({
    post: {
      operationId: `on.${type}`,
      summary,
      description: `${when} An event can arrive more than once and out of order: recognise it by \`webhook-id\`.`,
      security: [],
      requestParams: { header: webhookHeaders },
      requestBody: {
        required: true,
        content: { "application/json": { schema, example: exampleOf(schema) } },
      },
      responses: {
        "2XX": { description: "Received. Respond within 15 seconds." },
        "410": { description: "The destination is turned off." },
      },
    },
  });
  const events = eventTypeNames.map((type) => [
    type,
    describe(
      type,
      eventLabels[type],
      "Sent to each destination that is subscribed to the type.",
      eventOfType(type),
    ),
  ]);
  return {
    ...Object.fromEntries(events),
    [destinationTestType]: describe(
      destinationTestType,
      "A person sent a test event",
      "Sent once, to one destination, when a person selects “Send a test event”. Nothing has happened: respond, and ignore it. `GET /api/v1/events` does not return it.",
      destinationTestEvent,
    ),
  };
}

type ApiDocument = ReturnType<typeof createDocument>;

let document: ApiDocument | undefined;

/**
 * The OpenAPI 3.1 document of `/api/v1`, generated once from the request and response schemas. It is the
 * same for every tenant.
 */
export function buildOpenApi(): ApiDocument {
  document ??= createDocument(
    {
      openapi: "3.1.1",
      info: {
        title: "Partner Portal API",
        version: "1",
        description:
          "Create and manage booking, form and video links from your server, message patients, read what happened, and create sessions for the pages where you embed Hero elements. Each API key belongs to one organisation and one environment. Keep keys on your server. Dates are UK dates. Times are ISO 8601 in UTC. Unknown request fields are rejected. Responses may gain fields.",
      },
      servers: [{ url: env().PUBLIC_URL.replace(/\/+$/, "") }],
      security: [{ apiKey: [] }],
      components: {
        securitySchemes: {
          apiKey: {
            type: "http",
            scheme: "bearer",
            description: "A portal API key. Create one on the settings page of the environment.",
          },
        },
      },
      paths: {
        "/api/v1/links": {
          post: {
            operationId: "createLink",
            summary: "Create a link",
            description:
              "Creates one booking, form or video link at Hero. Hero does not recognise repeated requests, so the portal sends each request once. If Hero's response is lost, the status is 202 and the link is `unknown`. Do not create another link until its state is known. Every ten minutes the portal reads the practice's links from Hero and resolves what they show; `POST /api/v1/links/{id}/resolve` does it now. Hero does not say who a link is for, so only the practice can confirm that a link for one patient was created. A patient who has died, or whose record is restricted or archived, is an error at `patientId`. If the record cannot be read, the status is 503 and nothing is created. Requires the `links.create` permission.",
            requestParams: { header: idempotencyHeader },
            requestBody: { required: true, content: json(createLinkBody) },
            responses: {
              "200": linkResponse("The link that was created earlier with this Idempotency-Key."),
              "201": linkResponse("The new link."),
              "202": linkResponse(
                "The link is `pending` or `unknown`: Hero has not responded yet, or its response was lost.",
              ),
              ...problemResponses(
                "invalid-request",
                "malformed-json",
                "not-found",
                "conflict",
                "content-too-large",
                "unsupported-media-type",
                "hero-refused",
                "idempotency-key-reused",
                "hero-failed",
                "hero-unavailable",
                "hero-timed-out",
                "patient-not-checked",
              ),
            },
          },
          get: {
            operationId: "listLinks",
            summary: "List links",
            description:
              "Returns a page of the links in the API key's organisation and environment, including links created by people in the portal. Requires the `links.read` permission.",
            requestParams: { query: listLinksQuery },
            responses: {
              "200": {
                description: "A page of links.",
                headers: z.object({
                  Link: z.string().optional().meta({
                    description: 'The next page, with rel="next". Not sent with the last page.',
                  }),
                }),
                content: json(linkResourcePage),
              },
              ...problemResponses("invalid-request", "not-found"),
            },
          },
        },
        "/api/v1/links/{id}": {
          get: {
            operationId: "getLink",
            summary: "Get a link",
            description:
              "Returns the link as last read from Hero, at `refreshedAt`. Requires the `links.read` permission.",
            requestParams: { path: linkPathParams },
            responses: {
              "200": { description: "The link.", content: json(linkResource) },
              ...problemResponses("not-found"),
            },
          },
          patch: {
            operationId: "updateLink",
            summary: "Update, close or reopen a link",
            description:
              "Omitted fields stay the same. Links cannot be deleted; close them instead. The dates and number of uses of a form link or video link cannot be changed. Requires the `links.edit` permission.",
            requestParams: { path: linkPathParams },
            requestBody: { required: true, content: json(updateLinkBody) },
            responses: {
              "200": { description: "The updated link.", content: json(linkResource) },
              ...problemResponses(
                "invalid-request",
                "malformed-json",
                "not-found",
                "conflict",
                "content-too-large",
                "unsupported-media-type",
                "change-refused",
                "hero-failed",
                "hero-unavailable",
                "hero-timed-out",
              ),
            },
          },
        },
        "/api/v1/links/{id}/resolve": {
          post: {
            operationId: "resolveLink",
            summary: "Resolve an unknown link",
            description:
              "Reads Hero's list for an `unknown` link and returns the link as it is then: `live` if the list proves that it was created, `failed` if it proves that it was not, otherwise still `unknown`. In the first two minutes after the request the list proves nothing, because Hero may still be creating the link. Nothing is created or changed at Hero. A link that is not `unknown` is returned as it is. The request has no body. Requires the `links.edit` permission.",
            requestParams: { path: linkPathParams },
            responses: {
              "200": { description: "The link.", content: json(linkResource) },
              ...problemResponses(
                "not-found",
                "conflict",
                "hero-failed",
                "hero-unavailable",
                "hero-timed-out",
              ),
            },
          },
        },
        ...patientPaths,
        ...appointmentPaths,
        ...messagePaths,
        ...messageBatchPaths,
        ...eventPaths,
        ...elementPaths,
      },
      webhooks: describeWebhooks(),
    },
    {
      // Responses may gain fields, so clients must accept fields that are not described.
      override: ({ jsonSchema, io }) => {
        const isClosed = jsonSchema.additionalProperties === false;
        if (io === "output" && isClosed) delete jsonSchema.additionalProperties;
      },
    },
  );
  return document;
}
