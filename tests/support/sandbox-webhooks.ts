import { z } from "zod";
import { sandboxUrl } from "../setup/database";

const sentSchema = z.array(
  z.object({
    webhookId: z.string(),
    url: z.string(),
    body: z.object({
      object: z.string(),
      id: z.string(),
      practice_group_id: z.string(),
      event: z.string(),
    }),
    timestamp: z.string(),
    attempt: z.number(),
    isLost: z.boolean(),
    hasWrongSignature: z.boolean(),
    status: z.number().nullable(),
    error: z.string().nullable(),
  }),
);
export type SentSandboxWebhook = z.infer<typeof sentSchema>[number];

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

/**
 * Sends events to the key's registrations for them, and waits for the answers. `count` goes through the IDs
 * in turn. Use `stepMs` with timestamps in milliseconds when all must differ.
 * @returns how many deliveries got each status; `lost` and `no_answer` are counted too
 */
export async function sendSandboxWebhooks(input: {
  key: string;
  event: string;
  object: string;
  ids: string[];
  count?: number;
  practiceGroupId?: string;
  toEventType?: string;
  stepMs?: number;
}): Promise<Record<string, number>> {
  const reply = await callSandbox("POST", "webhook-deliveries", input);
  return z.object({ statuses: z.record(z.string(), z.number()) }).parse(reply).statuses;
}

/** How the key's deliveries go wrong from now on; the fields are in `sandbox/README.md`. */
export async function scriptSandboxWebhooks(
  key: string,
  script: {
    duplicates?: number;
    lost?: number;
    wrongSignatures?: number;
    reorderIn?: number;
    delayMs?: number;
    ageMs?: number;
    practiceGroupId?: string;
    timestamps?: "seconds" | "milliseconds" | "iso";
    retries?: number;
    retryDelayMs?: number;
  } | null,
): Promise<void> {
  await callSandbox("POST", "webhook-script", { key, script });
}

/** What the sandbox sent to the key's registrations, with the answers, oldest first. */
export async function listSentSandboxWebhooks(key: string): Promise<SentSandboxWebhook[]> {
  const query = new URLSearchParams({ key });
  return sentSchema.parse(await callSandbox("GET", `webhook-deliveries?${query}`));
}

/** The practice or the patient cancels an appointment at Hero, without notice. */
export async function cancelSandboxAppointment(id: string): Promise<void> {
  await callSandbox("POST", `appointments/${id}/cancel`);
}

/** The practice or the patient moves an appointment at Hero. */
export async function moveSandboxAppointment(id: string, startTime: string): Promise<void> {
  await callSandbox("POST", `appointments/${id}/move`, { startTime });
}
