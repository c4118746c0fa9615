import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ElementGrant } from "@/server/schemas/element-sessions";
import { readBody, send, startPageServer } from "./page-server";

/** How the next exchange fails or is delayed. */
type BrokerResponse =
  | { status: number; problem?: string; retryAfter?: number }
  /** The token is created, but the response is lost. */
  | "lost"
  /** The page cannot read the response, as from an origin that is not allowed. */
  | "unreadable"
  | { delayMs: number };

type Exchange = { secret: string; receivedAt: number };

const elementScript = `
customElements.get("hh-message-builder") || customElements.define("hh-message-builder", class extends HTMLElement {
  connectedCallback() {
    this.atStart = { theme: this.theme, env: this.getAttribute("env"), token: this.getAttribute("jwt-token") };
    const root = this.attachShadow({ mode: "open" });
    root.append(document.createElement("textarea"), document.createElement("button"));
    root.querySelector("button").textContent = "Send";
    root.querySelector("button").onclick = () =>
      window.dispatchEvent(new CustomEvent("HHMB.MESSAGE_SENT", { detail: { id: "m-1" } }));
  }
});
window.scriptRuns = (window.scriptRuns ?? 0) + 1;
window.scriptNonces = [...(window.scriptNonces ?? []), document.currentScript.nonce];
`;

/**
 * Stands in for the portal and Hero's script host. It records every call, and each response can be
 * scripted to fail.
 */
export async function startFakeBroker() {
  const exchanges: Exchange[] = [];
  const reports: unknown[] = [];
  const plannedResponses: BrokerResponse[] = [];
  let scriptLoads = 0;
  /** The only valid secret of each session. */
  const validSecrets = new Map<string, string>();

  function createGrant(session: string): ElementGrant {
    const next = `${session}.${randomUUID()}`;
    validSecrets.set(session, next);
    return {
      token: `token-${randomUUID()}`,
      practiceGroupId: "20533",
      env: "staging",
      attributes: { "patient-id": "77" },
      theme: { font: { sans: "Inter" } },
      element: {
        tag: "hh-message-builder",
        script: `${url}/message-builder/web-component/latest.js`,
        events: [
          { name: "HHMB.MESSAGE_SENT", endsDraft: true },
          { name: "HHMB.OPENED", endsDraft: false },
        ],
      },
      // Far from any page's clock.
      expiresAt: "2040-01-01T00:30:00.000Z",
      expiresIn: 1800,
      next,
    };
  }

  async function handleExchange(text: string, origin: string, response: ServerResponse) {
    const { secret } = JSON.parse(text) as { secret: string };
    exchanges.push({ secret, receivedAt: Date.now() });
    const cors = {
      "access-control-allow-origin": origin,
      "access-control-expose-headers": "Retry-After",
      "cache-control": "no-store",
    };
    const planned = plannedResponses.shift();
    if (planned === "unreadable") return send(response, "application/json", "{}");
    if (typeof planned === "object" && "status" in planned) {
      const { status, problem = "unavailable", retryAfter } = planned;
      const body = JSON.stringify({ type: `${url}/docs/problems/${problem}`, status });
      const retryHeaders: Record<string, string> = retryAfter
        ? { "retry-after": String(retryAfter) }
        : {};
      return send(response, "application/problem+json", body, { ...cors, ...retryHeaders }, status);
    }
    const [session = ""] = secret.split(".");
    const isValid = (validSecrets.get(session) ?? session) === secret;
    if (planned === "lost") {
      // Cut after the first byte: some browsers retry a connection that fails before it.
      response.writeHead(200, {
        ...cors,
        "content-type": "application/json",
        "content-length": 900,
      });
      response.write("{");
      await sleep(50);
      return void response.destroy();
    }
    if (typeof planned === "object") await sleep(planned.delayMs);
    if (!isValid) {
      const body = JSON.stringify({ type: `${url}/docs/problems/session-refused` });
      return send(response, "application/problem+json", body, cors, 401);
    }
    send(response, "application/json", JSON.stringify(createGrant(session)), cors);
  }

  const server = await startPageServer(async (request, response) => {
    const { method, headers } = request;
    const { pathname } = new URL(request.url ?? "", "http://any");
    const origin = headers.origin ?? "";
    const [, script] = /^\/embed\/([\w-]+\.js)$/.exec(pathname) ?? [];
    const anyOrigin = { "access-control-allow-origin": "*" };
    if (script) {
      send(response, "text/javascript", readFileSync(`public/embed/${script}`, "utf8"), anyOrigin);
    } else if (pathname.endsWith("/latest.js")) {
      scriptLoads++;
      send(response, "text/javascript", elementScript);
    } else if (pathname === "/api/v1/element-reports") {
      reports.push(JSON.parse(await readBody(request)));
      response.writeHead(204).end();
    } else if (pathname === "/api/v1/element-sessions/token" && method === "OPTIONS") {
      const corsHeaders = { ...anyOrigin, "access-control-allow-headers": "content-type" };
      response.writeHead(204, corsHeaders).end();
    } else if (pathname === "/api/v1/element-sessions/token" && method === "POST") {
      await handleExchange(await readBody(request), origin, response);
    } else if (pathname === "/frame") {
      send(response, "text/html", framePage);
    } else {
      response.writeHead(404).end();
    }
  });
  const url = `http://127.0.0.1:${server.port}`;
  // The test names the frame's parent in the frame's address.
  const framePage = `<!doctype html><title>Frame</title>
<script src="${url}/embed/v2.js" crossorigin defer></script>
<script src="${url}/embed/frame-v2.js" crossorigin defer></script>
<body>
<script>document.body.dataset.parents = JSON.stringify([decodeURIComponent(location.search.slice(1))]);
document.body.dataset.placement = location.hash.slice(1);</script>`;

  return {
    url,
    elementsOrigin: `http://elements.localhost:${server.port}`,
    exchanges,
    reports,
    plannedResponses,
    countScriptLoads: () => scriptLoads,
    stop: server.stop,
  };
}

export type FakeBroker = Awaited<ReturnType<typeof startFakeBroker>>;
