import { z } from "zod";
import { sandboxUrl } from "../setup/database";

const registrationSchema = z.object({
  id: z.string(),
  practiceGroupId: z.string(),
  eventType: z.string(),
  url: z.string(),
  signingKey: z.string().nullable(),
});

async function callSandbox(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${sandboxUrl}/_sandbox/${path}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The sandbox refused ${path}: ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}

/**
 * A registration in Hero's list that the portal may know nothing of. It belongs to the practice of the key
 * and hears of events of the same key, and of other keys with the same suffix.
 */
export async function registerSandboxWebhook(input: {
  key: string;
  eventType: string;
  url: string;
  signingKey?: string;
  practiceGroupId?: string;
}) {
  return registrationSchema.parse(await callSandbox("POST", "webhooks", input));
}

/** What Hero lists for the key, oldest first, with the signing keys. */
export async function listSandboxWebhooks(key: string, practiceGroupId?: string) {
  const query = new URLSearchParams({ key, ...(practiceGroupId && { practiceGroupId }) });
  return z.array(registrationSchema).parse(await callSandbox("GET", `webhooks?${query}`));
}

/** Removes a registration behind the portal's back. */
export async function deleteSandboxWebhook(id: string): Promise<void> {
  await callSandbox("DELETE", `webhooks/${id}`);
}

/** The practice or the patient cancels an appointment at Hero, without notice. */
export async function cancelSandboxAppointment(id: string): Promise<void> {
  await callSandbox("POST", `appointments/${id}/cancel`);
}

/** The practice or the patient moves an appointment at Hero. */
export async function moveSandboxAppointment(id: string, startTime: string): Promise<void> {
  await callSandbox("POST", `appointments/${id}/move`, { startTime });
}
