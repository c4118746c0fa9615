import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServeSettings } from "../settings";

type Health = { status: number; text: string };

async function fetchHealth({ listenHost = "127.0.0.1", port }: ServeSettings): Promise<Health> {
  return new Promise((resolve) => {
    const request = get(
      {
        host: listenHost === "0.0.0.0" ? "127.0.0.1" : listenHost,
        port,
        path: "/api/health",
        headers: { host: `localhost:${port}` },
        timeout: 5_000,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    request.on("timeout", () => request.destroy(new Error("no response within 5 s")));
    request.on("error", (error) => resolve({ status: 0, text: error.message }));
  });
}

/** @throws Error with the last response when the portal is not healthy within a minute. */
export async function waitForHealth(settings: ServeSettings): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const health = await fetchHealth(settings);
    if (health.status === 200) return;
    if (Date.now() > deadline) {
      throw new Error(`The portal did not become healthy in 60 s: ${health.text.slice(0, 300)}`);
    }
    await sleep(50);
  }
}
