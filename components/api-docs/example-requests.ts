import type { LinkView } from "@/server/schemas/links/view";
import { formatCurlCommand } from "../sharing/curl";

const authorizationHeader = "authorization: Bearer $PORTAL_API_KEY";

type ExampleValues = {
  portalUrl: string;
  practiceGroupId: string;
  /** A placement for the practice. */
  placementId: string | undefined;
  expiresOn: string;
  /** A link at the practice, for an appointment type and location that exist. */
  lastLink: Pick<LinkView, "appointmentType" | "location"> | undefined;
};

/** An example for an operation. Unknown values are placeholders, which the API rejects. */
export function exampleRequest(
  operationId: string,
  { portalUrl, practiceGroupId, placementId, expiresOn, lastLink }: ExampleValues,
): string | undefined {
  const url = `${portalUrl}/api/v1/links`;
  const batchUrl = `${portalUrl}/api/v1/message-batches`;
  const messageDraft = {
    practiceGroupId,
    patientId: "PATIENT_ID",
    channel: "sms",
    text: "Dear {{first_name}}, please ring us about your appointment.",
  };
  const examples: Record<string, string> = {
    createLink: formatCurlCommand({
      url,
      headers: [authorizationHeader, "idempotency-key: letters-2026-0042"],
      body: {
        kind: "booking",
        practiceGroupId,
        appointmentTypeId: lastLink?.appointmentType?.id ?? "APPOINTMENT_TYPE_ID",
        locationId: lastLink?.location?.id ?? "LOCATION_ID",
        expiresOn,
        maxUses: 1,
        name: "Flu letters",
        reference: "0042",
      },
    }),
    listLinks: formatCurlCommand({
      method: "GET",
      url: `${url}?practiceGroupId=${encodeURIComponent(practiceGroupId)}&state=live`,
      headers: [authorizationHeader],
    }),
    getLink: formatCurlCommand({
      method: "GET",
      url: `${url}/LINK_ID`,
      headers: [authorizationHeader],
    }),
    updateLink: formatCurlCommand({
      method: "PATCH",
      url: `${url}/LINK_ID`,
      headers: [authorizationHeader],
      body: { isClosed: true },
    }),
    resolveLink: formatCurlCommand({
      method: "POST",
      url: `${url}/LINK_ID/resolve`,
      headers: [authorizationHeader],
    }),
    lookUpPatient: formatCurlCommand({
      url: `${portalUrl}/api/v1/patients/lookup`,
      headers: [authorizationHeader],
      body: {
        practiceGroupId,
        by: "nhs_number",
        nhsNumber: "9990000018",
        dateOfBirth: "1980-01-01",
      },
    }),
    listSlots: formatCurlCommand({
      url: `${portalUrl}/api/v1/slots`,
      headers: [authorizationHeader],
      body: {
        practiceGroupId,
        appointmentTypeId: lastLink?.appointmentType?.id ?? "APPOINTMENT_TYPE_ID",
        firstDay: expiresOn,
      },
    }),
    createAppointment: formatCurlCommand({
      url: `${portalUrl}/api/v1/appointments`,
      headers: [authorizationHeader, "idempotency-key: booking-2026-0042"],
      body: {
        practiceGroupId,
        patientId: "PATIENT_ID",
        slotId: "SLOT_ID",
        appointmentTypeId: lastLink?.appointmentType?.id ?? "APPOINTMENT_TYPE_ID",
        locationId: lastLink?.location?.id ?? "LOCATION_ID",
        tellPatient: true,
      },
    }),
    getAppointment: formatCurlCommand({
      method: "GET",
      url: `${portalUrl}/api/v1/appointments/APPOINTMENT_ID`,
      headers: [authorizationHeader],
    }),
    previewMessage: formatCurlCommand({
      url: `${portalUrl}/api/v1/messages/preview`,
      headers: [authorizationHeader],
      body: messageDraft,
    }),
    sendMessage: formatCurlCommand({
      url: `${portalUrl}/api/v1/messages`,
      headers: [authorizationHeader, "idempotency-key: recall-2026-0042"],
      body: { ...messageDraft, previewFingerprint: "PREVIEW_FINGERPRINT", confirmed: [] },
    }),
    listMessages: formatCurlCommand({
      method: "GET",
      url: `${portalUrl}/api/v1/messages?practiceGroupId=${encodeURIComponent(practiceGroupId)}&state=held`,
      headers: [authorizationHeader],
    }),
    getMessage: formatCurlCommand({
      method: "GET",
      url: `${portalUrl}/api/v1/messages/MESSAGE_ID`,
      headers: [authorizationHeader],
    }),
    cancelMessage: formatCurlCommand({
      method: "POST",
      url: `${portalUrl}/api/v1/messages/MESSAGE_ID/cancel`,
      headers: [authorizationHeader],
    }),
    createMessageBatch: formatCurlCommand({
      url: batchUrl,
      headers: [authorizationHeader, "idempotency-key: flu-2026-12"],
      body: {
        practiceGroupId,
        name: "Flu clinic",
        channel: "sms",
        text: "Dear {{first_name}}, please ring us to book your flu vaccination.",
        rowCount: 2,
      },
    }),
    listMessageBatches: formatCurlCommand({
      method: "GET",
      url: `${batchUrl}?practiceGroupId=${encodeURIComponent(practiceGroupId)}`,
      headers: [authorizationHeader],
    }),
    getMessageBatch: formatCurlCommand({
      method: "GET",
      url: `${batchUrl}/BATCH_ID`,
      headers: [authorizationHeader],
    }),
    addMessageRecipients: formatCurlCommand({
      url: `${batchUrl}/BATCH_ID/recipients`,
      headers: [authorizationHeader],
      body: {
        rows: [
          { rowNumber: 1, nhsNumber: "9990000018", dateOfBirth: "1980-01-01" },
          { rowNumber: 2, patientId: "PATIENT_ID" },
        ],
      },
    }),
    checkMessageBatch: formatCurlCommand({
      method: "POST",
      url: `${batchUrl}/BATCH_ID/check`,
      headers: [authorizationHeader],
    }),
    reviewMessageBatch: formatCurlCommand({
      method: "GET",
      url: `${batchUrl}/BATCH_ID/review`,
      headers: [authorizationHeader],
    }),
    sendMessageBatch: formatCurlCommand({
      url: `${batchUrl}/BATCH_ID/send`,
      headers: [authorizationHeader],
      body: { snapshot: "SNAPSHOT", confirmed: [] },
    }),
    stopMessageBatch: formatCurlCommand({
      method: "POST",
      url: `${batchUrl}/BATCH_ID/stop`,
      headers: [authorizationHeader],
    }),
    listMessageBatchResults: formatCurlCommand({
      method: "GET",
      url: `${batchUrl}/BATCH_ID/results?outcome=failed`,
      headers: [authorizationHeader],
    }),
    listEvents: formatCurlCommand({
      method: "GET",
      url: `${portalUrl}/api/v1/events?limit=100`,
      headers: [authorizationHeader],
    }),
    createElementSession: formatCurlCommand({
      url: `${portalUrl}/api/v1/element-sessions`,
      headers: [authorizationHeader],
      body: { placementId: placementId ?? "PLACEMENT_ID", practiceGroupId },
    }),
  };
  return examples[operationId];
}
