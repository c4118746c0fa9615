import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { loadBypassHandler } from "@/scripts/serve/router-bypass";
import { sessionCookieName } from "@/server/auth/cookie";
import type { LiveTopic } from "@/server/schemas/live";
import { recordChange } from "@/server/services/live/record-change";
import { sendChanges } from "@/server/services/live/send";
import type { TenantContext } from "@/server/tenancy/context";
import { db } from "@/db/client";

/** The portal's API without Next, as `scripts/serve.ts` runs it. */
export async function startLiveServer() {
  const handle = await loadBypassHandler();
  const server = createServer((incoming, response) => void handle(incoming, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export const cookieOf = (token: string) => `${sessionCookieName()}=${token}`;

/** Records a change and sends it, as a service and the worker do. */
export async function sendChange(
  ctx: TenantContext,
  topic: LiveTopic,
  subjectId?: string,
): Promise<number> {
  await db.tenant(ctx, (tx) => recordChange(tx, ctx, topic, subjectId));
  const batch = await sendChanges();
  if (batch === null) throw new Error("The change was not sent.");
  return batch;
}
