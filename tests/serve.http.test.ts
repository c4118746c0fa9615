import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { maxBodyBytes } from "@/scripts/serve/requests";
import { getRunningPortal } from "@/scripts/test/portal";

const portal = getRunningPortal();
const { host, port } = new URL(portal.url);

/** Sends raw bytes and returns everything until the portal closes the connection. */
async function sendRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(text));
    socket.setTimeout(5_000, () => socket.destroy(new Error("The portal kept the connection.")));
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString();
    });
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
}

const statusOf = (response: string) => response.split("\r\n")[0];

describe("the server in front of the portal", () => {
  it("the server reports health and liveness", async () => {
    const health = await fetch(`${portal.url}/api/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: "ok" });
    expect((await fetch(`${portal.url}/api/health/live`)).status).toBe(200);
  });

  it("c5: upgrades, tunnels and requests for other hosts are closed", async () => {
    const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    for (const text of [
      `GET / HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`,
      `GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`,
      `GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `GET //127.0.0.1:1/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    ]) {
      expect(statusOf(await sendRaw(text))).toBe("HTTP/1.1 400 Bad Request");
    }
  });

  it("c6: only the server's own hosts are answered", async () => {
    for (const forgedHost of ["evil.example", `${host}.evil.example`, "localhost"]) {
      const response = await sendRaw(`GET /sign-in HTTP/1.1\r\nHost: ${forgedHost}\r\n\r\n`);
      expect(statusOf(response)).toBe("HTTP/1.1 400 Bad Request");
      expect(response).not.toContain(forgedHost);
    }
    const duplicateHost = `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\n\r\n`;
    expect(statusOf(await sendRaw(duplicateHost))).toBe("HTTP/1.1 400 Bad Request");
  });

  it("c6: redirects go to the server itself, whatever host the caller names", async () => {
    const response = await fetch(portal.url, {
      headers: { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
      redirect: "manual",
    });
    expect(response.headers.get("location") ?? "").not.toContain("evil.example");
  });

  it("c7: a body over the limit is rejected, with and without a stated length", async () => {
    const withContentLength = await sendRaw(
      `POST /api/trpc/account/signUp HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${maxBodyBytes + 1}\r\n\r\n`,
    );
    expect(statusOf(withContentLength)).toBe("HTTP/1.1 413 Payload Too Large");

    const chunkBytes = 1024 * 1024;
    const chunk = `${chunkBytes.toString(16)}\r\n${"0".repeat(chunkBytes)}\r\n`;
    const chunked = await sendRaw(
      `POST /api/trpc/account/signUp HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(maxBodyBytes / chunkBytes + 1)}0\r\n\r\n`,
    );
    expect(statusOf(chunked)).toBe("HTTP/1.1 413 Payload Too Large");
  });

  it("c21: every response has the security headers, including rejections", async () => {
    for (const path of ["/sign-in", "/api/health", "/no/such/page", "/api/no-such-route"]) {
      const { headers } = await fetch(portal.url + path);
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.has("x-powered-by")).toBe(false);
    }
    const rejected = await sendRaw(`GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n`);
    expect(rejected).toMatch(/content-security-policy: .*frame-ancestors 'none'/i);
  });

  it("c21: every response has one policy, including redirects, missing files and icons", async () => {
    for (const [path, status] of [
      ["/sign-in/", 308],
      ["/no/such/page/", 308],
      ["/_next/static/chunks/none.js", 404],
      ["/embed/none.js", 404],
      ["/icon.svg", 200],
      ["/favicon.ico", 200],
      ["/sign-in", 200],
      ["/embed/v2.js", 200],
    ] as const) {
      const response = await fetch(portal.url + path, { redirect: "manual" });
      const policy = response.headers.get("content-security-policy") ?? "";
      expect({ path, status: response.status }).toEqual({ path, status });
      expect({ path, policy }).toEqual({
        path,
        policy: expect.stringMatching(/^default-src '(none|self)';.* frame-ancestors 'none'/),
      });
      // Two policies in one header have a comma between them.
      expect({ path, isSingle: !policy.includes(",") }).toEqual({ path, isSingle: true });
    }
  });

  it("each request gets its own id, not the caller's", async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const response = await fetch(`${portal.url}/api/health/live`, {
          headers: { "x-request-id": "mine" },
        });
        return response.headers.get("x-request-id");
      }),
    );
    expect(new Set([...ids, "mine"]).size).toBe(3);
  });
});
