import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ElementGrant } from "@/server/schemas/element-sessions";
import { readText, send, servePages } from "./page-server";

/** How the next exchange goes, where it does not simply succeed. */
export type Answer =
  | { status: number; problem?: string; retryAfter?: number }
  /** The token is made, and the connection dies before the page hears of it. */
  | "lost"
  /** The page may not read the answer, as from an origin that no placement allows. */
  | "unreadable"
  | { delayMs: number };

export type Exchange = { secret: string; at: number };

const element = `
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
 * The portal and Hero's script host in one, as far as the loader knows them: what it is asked is kept, and
 * each answer can be made to go wrong.
 */
export async function startBroker() {
  const exchanges: Exchange[] = [];
  const reports: unknown[] = [];
  const answers: Answer[] = [];
  let scriptLoads = 0;
  /** The only secret that is good, by session. */
  const good = new Map<string, string>();

  function grant(session: string): ElementGrant {
    const next = `${session}.${randomUUID()}`;
    good.set(session, next);
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
      // Far off from what any page's clock says.
      expiresAt: "2040-01-01T00:30:00.000Z",
      expiresIn: 1800,
      next,
    };
  }

  async function answerExchange(text: string, origin: string, response: ServerResponse) {
    const { secret } = JSON.parse(text) as { secret: string };
    exchanges.push({ secret, at: Date.now() });
    const cors = {
      "access-control-allow-origin": origin,
      "access-control-expose-headers": "Retry-After",
      "cache-control": "no-store",
    };
    const answer = answers.shift();
    if (answer === "unreadable") return send(response, "application/json", "{}");
    if (typeof answer === "object" && "status" in answer) {
      const { status, problem = "unavailable", retryAfter } = answer;
      const body = JSON.stringify({ type: `${url}/docs/problems/${problem}`, status });
      const wait: Record<string, string> = retryAfter ? { "retry-after": String(retryAfter) } : {};
      return send(response, "application/problem+json", body, { ...cors, ...wait }, status);
    }
    const [session = ""] = secret.split(".");
    const isKnown = (good.get(session) ?? session) === secret;
    if (answer === "lost") {
      // Cut short: a connection that dies before its first byte some browsers try again by themselves.
      response.writeHead(200, {
        ...cors,
        "content-type": "application/json",
        "content-length": 900,
      });
      response.write("{");
      await sleep(50);
      return void response.destroy();
    }
    if (typeof answer === "object") await sleep(answer.delayMs);
    if (!isKnown) {
      const body = JSON.stringify({ type: `${url}/docs/problems/session-refused` });
      return send(response, "application/problem+json", body, cors, 401);
    }
    send(response, "application/json", JSON.stringify(grant(session)), cors);
  }

  const server = await servePages(async (request, response) => {
    const { method, headers } = request;
    const { pathname } = new URL(request.url ?? "", "http://any");
    const origin = headers.origin ?? "";
    const [, script] = /^\/embed\/([\w-]+\.js)$/.exec(pathname) ?? [];
    const everyone = { "access-control-allow-origin": "*" };
    if (script) {
      send(response, "text/javascript", readFileSync(`public/embed/${script}`, "utf8"), everyone);
    } else if (pathname.endsWith("/latest.js")) {
      scriptLoads++;
      send(response, "text/javascript", element);
    } else if (pathname === "/api/v1/element-reports") {
      reports.push(JSON.parse(await readText(request)));
      response.writeHead(204).end();
    } else if (pathname === "/api/v1/element-sessions/token" && method === "OPTIONS") {
      const allow = { ...everyone, "access-control-allow-headers": "content-type" };
      response.writeHead(204, allow).end();
    } else if (pathname === "/api/v1/element-sessions/token" && method === "POST") {
      await answerExchange(await readText(request), origin, response);
    } else if (pathname === "/frame") {
      send(response, "text/html", framePage);
    } else {
      response.writeHead(404).end();
    }
  });
  const url = `http://127.0.0.1:${server.port}`;
  // The parent of the frame is named by the test, in the frame's own address.
  const framePage = `<!doctype html><title>Frame</title>
<script src="${url}/embed/v1.js" crossorigin defer></script>
<script src="${url}/embed/frame-v1.js" crossorigin defer></script>
<body>
<script>document.body.dataset.parents = JSON.stringify([decodeURIComponent(location.search.slice(1))]);
document.body.dataset.placement = location.hash.slice(1);</script>`;

  return {
    url,
    elementsOrigin: `http://elements.localhost:${server.port}`,
    exchanges,
    reports,
    answers,
    countScriptLoads: () => scriptLoads,
    stop: server.stop,
  };
}

export type Broker = Awaited<ReturnType<typeof startBroker>>;
