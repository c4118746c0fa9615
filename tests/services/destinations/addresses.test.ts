import type { LookupAddress } from "node:dns";
import { type AddressInfo, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { buildConnector } from "undici";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { explainRefusedUrl, isPublicAddress } from "@/server/services/event-sending/public-address";
import { createPoster, type ResolveName } from "@/server/services/event-sending/post";
import { startReceiver } from "../../support/receiver";

// Listens on every interface, so that a connection to any name of this machine is counted.
let connectionCount = 0;
const listener = createServer((socket) => {
  connectionCount += 1;
  socket.destroy();
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => listener.listen(0, "::", resolve));
  port = (listener.address() as AddressInfo).port;
});
afterAll(() => listener.close());

const request = { headers: { "content-type": "application/json" }, body: "{}" };

function openPoster(resolve?: ResolveName) {
  const poster = createPoster(resolve);
  onTestFinished(() => poster.close());
  return poster;
}

describe("c19: addresses that are not of the Internet", () => {
  it.each([
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "localhost",
    "",
  ])("%s is refused", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(["8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])(
    "%s is allowed",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe("c19: addresses that partners enter", () => {
  const refused = (): string[] => [
    `https://localhost:${port}/`,
    `https://localhost.:${port}/`,
    `https://portal.localhost:${port}/`,
    `https://127.0.0.2:${port}/`,
    `https://127.1.1:${port}/`,
    `https://2130706434:${port}/`,
    `https://0x7f000002:${port}/`,
    `https://0177.0.0.2:${port}/`,
    `https://０x7f.0.0.2:${port}/`,
    `https://0.0.0.0:${port}/`,
    `https://[::1]:${port}/`,
    `https://[::]:${port}/`,
    `https://[::ffff:127.0.0.1]:${port}/`,
    `https://[::ffff:7f00:1]:${port}/`,
    `https://[0:0:0:0:0:ffff:127.0.0.1]:${port}/`,
    "https://[::ffff:169.254.169.254]/latest/meta-data/",
    "https://169.254.169.254/latest/meta-data/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://intranet/",
    "http://example.org/",
  ];

  it("an address that is not public is refused with a reason when it is entered", () => {
    for (const address of refused()) {
      expect([address, explainRefusedUrl(new URL(address))]).toEqual([
        address,
        expect.stringMatching(/^(Use https|Enter an address that can be reached .*)\.$/),
      ]);
    }
    expect(explainRefusedUrl(new URL("https://example.org/events"))).toBeNull();
  });

  it("an address that is not public is not connected to, even if it was stored", async () => {
    const poster = openPoster();
    const userInfo = `https://example.org@127.0.0.2:${port}/`;
    for (const address of [...refused(), userInfo]) {
      expect([address, await poster.post(address, request)]).toEqual([
        address,
        { failure: "address_refused", durationMs: expect.any(Number) },
      ]);
    }
    expect(connectionCount).toBe(0);
  });

  it.each([["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["10.0.0.1"]])(
    "a name that resolves to %s, alone or beside a public address, is not connected to",
    async (address) => {
      for (const addresses of [[address], ["8.8.8.8", address], [address, "8.8.8.8"]]) {
        const poster = openPoster(async () => addresses);
        expect(await poster.post(`https://partner.example:${port}/`, request)).toMatchObject({
          failure: "address_refused",
        });
      }
      expect(connectionCount).toBe(0);
    },
  );

  it("a name that changes after it was vetted is not asked again for the same connection", async () => {
    const receiver = await startReceiver();
    const asked: string[] = [];
    const connected: LookupAddress[] = [];
    // A public address at first, then this machine.
    const resolve: ResolveName = async (name) => {
      asked.push(name);
      return asked.length === 1 ? ["8.8.8.8"] : ["127.0.0.1"];
    };
    // Connects as ever, but to this machine instead of the address that was found.
    const createConnector: typeof buildConnector = (options) => {
      const lookup = options && "lookup" in options ? options.lookup : undefined;
      if (!lookup) throw new Error("The poster does not look up names.");
      return buildConnector({
        ...options,
        lookup: (name, lookupOptions, callback) =>
          lookup(name, lookupOptions, (error, found) => {
            if (error) return callback(error, "");
            connected.push(...(found as LookupAddress[]));
            callback(null, [{ address: "127.0.0.1", family: 4 }]);
          }),
      });
    };
    const poster = createPoster(resolve, createConnector);
    onTestFinished(() => poster.close());
    const address = `https://partner.example:${receiver.port}/`;
    // The receiver has no TLS, so that the next request needs another connection.
    expect(await poster.post(address, request)).toMatchObject({ failure: "tls_failed" });
    expect(asked).toEqual(["partner.example"]);
    expect(connected).toEqual([{ address: "8.8.8.8", family: 4 }]);
    expect(receiver.countConnections()).toBe(1);
    // That one asks again, and is refused.
    expect(await poster.post(address, request)).toMatchObject({ failure: "address_refused" });
    expect(asked).toHaveLength(2);
    expect(receiver.countConnections()).toBe(1);
  });

  it("a redirect is a status like any other and is not followed", async () => {
    const receiver = await startReceiver((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${port}/latest/meta-data/` }).end();
    });
    const poster = openPoster();
    expect(await poster.post(receiver.url, request)).toMatchObject({ status: 302 });
    expect(connectionCount).toBe(0);
  });
});

describe("pinned connections", () => {
  it("a vetted name connects to the addresses that were found for it", async () => {
    const receiver = await startReceiver();
    const asked: string[] = [];
    // Allowed by the tests' settings. Node asks for all addresses of a name.
    const poster = openPoster(async (name) => {
      asked.push(name);
      return ["127.0.0.1"];
    });
    const address = `http://receiver.localhost:${receiver.port}/events`;
    expect(await poster.post(address, request)).toMatchObject({ status: 200 });
    expect(asked).toEqual(["receiver.localhost"]);
    expect(receiver.received).toMatchObject([
      { path: "/events", headers: { host: `receiver.localhost:${receiver.port}` }, body: "{}" },
    ]);
  });

  it("only the status of a response is kept, and a long one is not read", async () => {
    let sentBytes = 0;
    const receiver = await startReceiver((_, response) => {
      response.writeHead(500, { "retry-after": "120", "x-secret": "canary" });
      const write = () => {
        if (response.destroyed) return;
        sentBytes += 65_536;
        if (response.write("canary".padEnd(65_536, "."))) setImmediate(write);
        else response.once("drain", write);
      };
      write();
    });
    const poster = openPoster();
    const result = await poster.post(receiver.url, request);
    expect(result).toEqual({
      status: 500,
      retryAfterMs: 120_000,
      durationMs: expect.any(Number),
    });
    await expect
      .poll(async () => {
        const before = sentBytes;
        await new Promise((resolve) => setTimeout(resolve, 100));
        return sentBytes - before;
      })
      .toBe(0);
    expect(sentBytes).toBeLessThan(8_000_000);
  });

  it("a receiver's open requests do not hold up another destination at the same host", async () => {
    const receiver = await startReceiver(({ path }, response) => {
      if (path === "/quick") response.end();
    });
    const poster = openPoster();
    // As many as all organisations together may have open.
    for (let index = 0; index < 256; index += 1) void poster.post(receiver.url, request);
    await expect.poll(() => receiver.received.length).toBe(256);
    const quickUrl = receiver.url.replace("/events", "/quick");
    expect(await poster.post(quickUrl, request)).toMatchObject({ status: 200 });
  });

  it("a request is under way until its answer has ended, also when that is slow", async () => {
    const ended = Promise.withResolvers<void>();
    const receiver = await startReceiver((_, response) => {
      response.writeHead(202).write("{");
      void ended.promise.then(() => response.end("}"));
    });
    const poster = openPoster();
    let result: unknown;
    const posted = poster.post(receiver.url, request).then((value) => (result = value));
    await expect.poll(() => receiver.received.length).toBe(1);
    // The status of another request has arrived by now, and so has this one's.
    const other = await startReceiver();
    await poster.post(other.url, request);
    expect(result).toBeUndefined();
    ended.resolve();
    await posted;
    expect(result).toMatchObject({ status: 202 });
  });

  it("a server without TLS, or without a certificate, is a TLS failure", async () => {
    const poster = openPoster();
    const plain = await startReceiver();
    const withoutCertificate = createTlsServer({});
    onTestFinished(() => void withoutCertificate.close());
    await new Promise<void>((resolve) => withoutCertificate.listen(0, "127.0.0.1", resolve));
    const { port: tlsPort } = withoutCertificate.address() as AddressInfo;
    for (const serverPort of [plain.port, tlsPort]) {
      expect(await poster.post(`https://127.0.0.1:${serverPort}/`, request)).toMatchObject({
        failure: "tls_failed",
      });
    }
    expect(plain.received).toEqual([]);
  });

  it("a name that does not exist and a port where nothing listens have different errors", async () => {
    const poster = openPoster(async () => []);
    expect(await poster.post("https://partner.example/", request)).toMatchObject({
      failure: "name_not_found",
    });
    expect(await poster.post("http://127.0.0.1:9/", request)).toMatchObject({
      failure: "not_reached",
    });
  });
});
