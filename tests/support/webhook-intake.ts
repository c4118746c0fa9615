import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, request as openRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { db } from "@/db/client";
import { webhookEndpoints, webhookRegistrations } from "@/db/schema/webhooks";
import { loadErrorResponse } from "@/scripts/serve/error-response";
import { createRequestHandler } from "@/scripts/serve/request-handler";
import { loadBypassHandler } from "@/scripts/serve/router-bypass";
import { loadWebhookIntake } from "@/scripts/serve/webhook-intake";
import { readServeSettings } from "@/scripts/settings";
import { seal } from "@/server/crypto/secret-box";
import { loadDataKey } from "@/server/services/practices/stored-key";
import { signingKeyLocation } from "@/server/services/webhooks/endpoints";
import { actorId, type TenantContext } from "@/server/tenancy/context";

/** An endpoint of a practice, as if it had been registered at Hero. */
export type TestEndpoint = {
  id: string;
  urlToken: string;
  signingKey: string;
  registrationId: string;
  practiceGroupId: string;
};

/** Adds a registration with a key to an endpoint. */
export async function insertRegistration(
  ctx: TenantContext,
  endpointId: string,
  values: Partial<typeof webhookRegistrations.$inferInsert> = {},
) {
  const registrationId = randomUUID();
  const signingKey = randomBytes(32).toString("base64url");
  await db.tenant(ctx, async (tx) => {
    const dataKey = await loadDataKey(tx, ctx);
    await tx.insert(webhookRegistrations).values({
      state: "active",
      ...values,
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id: registrationId,
      endpointId,
      sealedKey: seal(Buffer.from(signingKey), dataKey, signingKeyLocation(ctx, registrationId)),
      dataKeyId: dataKey.id,
    });
  });
  return { registrationId, signingKey };
}

/** Adds an endpoint with one registration. By default for a type of its own, as a practice has one of each. */
export async function insertEndpoint(
  ctx: TenantContext,
  practice: { id: string; practiceGroupId: string },
  eventType = `test.${randomUUID()}`,
): Promise<TestEndpoint> {
  const id = randomUUID();
  const urlToken = randomBytes(32).toString("base64url");
  await db.tenant(ctx, (tx) =>
    tx.insert(webhookEndpoints).values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      practiceId: practice.id,
      eventType,
      urlToken,
      createdBy: actorId(ctx),
    }),
  );
  const registration = await insertRegistration(ctx, id);
  return { id, urlToken, practiceGroupId: practice.practiceGroupId, ...registration };
}

/** A delivery's body as Hero documents it. */
export const deliveryBody = (
  endpoint: Pick<TestEndpoint, "practiceGroupId">,
  overrides: Record<string, unknown> = {},
): string =>
  JSON.stringify({
    object: "Appointment",
    id: String(1 + (randomBytes(6).readUIntBE(0, 6) % 1e12)),
    practice_group_id: endpoint.practiceGroupId,
    event: "appointment.confirmed",
    ...overrides,
  });

/** Headers with a right signature. */
export function signedHeaders(
  signingKey: string,
  body: string | Buffer,
  timestamp = String(Math.floor(Date.now() / 1000)),
): Record<string, string> {
  const signature = createHmac("sha256", signingKey)
    .update(`${timestamp}.`)
    .update(body)
    .digest("hex");
  return {
    "content-type": "application/json",
    "x-herohealth-timestamp": timestamp,
    "x-herohealth-signature": signature,
  };
}

export type IntakeAnswer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
};

/** The portal's server without Next, on a port that is free. */
export async function startIntakeServer() {
  const settings = readServeSettings({ PORT: "4200", PUBLIC_URL: "http://localhost:4200" });
  const intake = await loadWebhookIntake();
  const sendError = await loadErrorResponse();
  const server = createServer(
    { requireHostHeader: false },
    createRequestHandler(settings, {
      handleWithNext: async (request, response) => {
        response.writeHead(404).end(`Next would handle ${request.url}`);
      },
      handleBypassed: await loadBypassHandler(),
      handleWebhook: intake.handle,
      sendError,
      isStopping: () => false,
    }),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;

  /** Sends exactly these headers; `chunked` states no length. */
  const post = (
    path: string,
    {
      method = "POST",
      headers = {},
      body = "",
      isChunked = false,
    }: {
      method?: string;
      headers?: Record<string, string | string[]>;
      body?: string | Buffer;
      isChunked?: boolean;
    } = {},
  ): Promise<IntakeAnswer> =>
    new Promise((resolve, reject) => {
      const length = isChunked ? {} : { "content-length": String(Buffer.byteLength(body)) };
      const outgoing = openRequest(
        {
          host: "127.0.0.1",
          port,
          path,
          method,
          headers: { host: "localhost:4200", ...length, ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      outgoing.on("error", reject);
      if (isChunked) {
        const bytes = Buffer.from(body);
        const middle = Math.floor(bytes.length / 2);
        outgoing.write(bytes.subarray(0, middle));
        outgoing.end(bytes.subarray(middle));
      } else outgoing.end(body);
    });

  return {
    port,
    post,
    /** Sends a delivery as Hero would. */
    deliver: (
      endpoint: TestEndpoint,
      body: string | Buffer = deliveryBody(endpoint),
      timestamp?: string,
    ) =>
      post(`/api/hooks/${endpoint.urlToken}`, {
        body,
        headers: signedHeaders(endpoint.signingKey, body, timestamp),
      }),
    /** Writes the counts that are still in memory. */
    flush: () => intake.stop(),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await intake.stop();
    },
  };
}
