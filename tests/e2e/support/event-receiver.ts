import { Webhook } from "standardwebhooks";
import { readBody, startPageServer } from "./page-server";

/** A partner's server, which verifies each event with the secrets that it has. */
export async function startEventReceiver() {
  const secrets: string[] = [];
  const events: { id: string; type: string; data: Record<string, unknown> }[] = [];
  const { port, stop } = await startPageServer(async (request, response) => {
    const body = await readBody(request);
    const header = (name: string) => String(request.headers[name]);
    const headers = {
      "webhook-id": header("webhook-id"),
      "webhook-timestamp": header("webhook-timestamp"),
      "webhook-signature": header("webhook-signature"),
    };
    for (const secret of secrets) {
      const event = new Webhook(secret).verify(body, headers) as Omit<(typeof events)[0], "id">;
      events.push({ ...event, id: headers["webhook-id"] });
    }
    response.writeHead(204).end();
  });
  return { url: `http://127.0.0.1:${port}/events`, secrets, events, stop };
}
