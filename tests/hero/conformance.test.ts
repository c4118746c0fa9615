import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  clientCalls,
  minimalLink,
  type SamplePatients,
} from "@/scripts/contract-check/client-calls";
import { getBookingLink, requestBookingLink } from "@/server/hero/booking-links";
import { getPracticeGroup } from "@/server/hero/practice";
import type { HeroConnection } from "@/server/hero/request";
import { sandboxUrl } from "../setup/database";
import { checkReply, checkRequest, getOperationRoute } from "../support/contract";
import { getSandboxPractice, listSamplePatients } from "../support/hero";
import { createAccess, practiceGroup } from "./fake-hero";

/** Files of the client without operations. */
const filesWithoutOperations = [
  "appointment-state.ts",
  "assumption-types.ts",
  "assumptions.ts",
  "batch-state.ts",
  "created-link.ts",
  "decode-body.ts",
  "element-script.ts",
  "errors.ts",
  "ids.ts",
  "message-state.ts",
  "plain-text.ts",
  "practice-group.ts",
  "read-pages.ts",
  "request.ts",
  "same-batch.ts",
  "task-state.ts",
  "timestamp.ts",
  "undocumented.ts",
  "web-url.ts",
];

type Exchange = {
  method: string;
  url: URL;
  headers: Record<string, string | string[] | undefined>;
  requestBody: string;
  status: number;
  responseBody: string;
};

const exchanges: Exchange[] = [];

/** A proxy between client and sandbox that records requests and responses. */
const proxy = createServer((request, reply) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    void (async () => {
      const { method = "GET", url = "/", headers } = request;
      const requestBody = Buffer.concat(chunks).toString();
      const forwardedHeaders = Object.entries(headers).flatMap(
        ([name, value]): [string, string][] =>
          name === "host" || name === "connection" || name === "content-length"
            ? []
            : [[name, String(value)]],
      );
      const response = await fetch(sandboxUrl + url, {
        method,
        headers: forwardedHeaders,
        body: requestBody === "" ? undefined : requestBody,
        redirect: "manual",
      });
      const responseBody = await response.text();
      const target = new URL(url, sandboxUrl);
      exchanges.push({
        method,
        url: target,
        headers,
        requestBody,
        status: response.status,
        responseBody,
      });
      reply.writeHead(response.status, { "content-type": "application/json" }).end(responseBody);
    })();
  });
});

let access: HeroConnection;
let apiKey: string;
let patients: SamplePatients;

beforeAll(async () => {
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  const port = typeof address === "object" && address ? address.port : 0;
  process.env.HERO_SANDBOX_URL = `http://127.0.0.1:${port}`;
  ({ apiKey } = await getSandboxPractice("30297", "c"));
  patients = await listSamplePatients("30297");
  ({ access } = createAccess({ apiKey, practiceGroupId: practiceGroup("30297") }));
});

afterAll(() => {
  proxy.closeAllConnections();
  proxy.close();
});

const clientFiles = readdirSync("server/hero").filter(
  (file) => file.endsWith(".ts") && !filesWithoutOperations.includes(file),
);

/** The operations in the source. */
const declaredOperations = clientFiles.flatMap((file) =>
  [
    ...readFileSync(`server/hero/${file}`, "utf8").matchAll(
      /name: "(\w+)",\s*method: "([A-Z]+)",\s*path: "([^"]+)"/g,
    ),
  ].map(([, name = "", method = "", path = ""]) => ({ name, method, path })),
);

function queryOf(url: URL): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((name) => {
      const values = url.searchParams.getAll(name);
      return [name, values.length > 1 ? values : (values[0] ?? "")];
    }),
  );
}

/** The operation in the contract that matches an exchange. */
function operationOf({ method, url }: Exchange): string | undefined {
  return declaredOperations.find((candidate) => {
    const pattern = candidate.path.replace(/\{\w+\}/g, "[^/]+");
    return candidate.method === method && new RegExp(`^${pattern}$`).test(url.pathname);
  })?.name;
}

describe("the client and the contract", () => {
  it("client and contract agree on the path of each operation", () => {
    expect(declaredOperations.length).toBeGreaterThan(10);
    for (const { name, method, path } of declaredOperations) {
      expect({ method, path }, name).toEqual(getOperationRoute(name));
    }
  });

  it("every client function is called by this test", async () => {
    const exported: string[] = [];
    for (const file of clientFiles) {
      const name = file.replace(/\.ts$/, "");
      const clientModule: Record<string, unknown> = await import(`../../server/hero/${name}.ts`);
      exported.push(
        ...Object.keys(clientModule).filter(
          (exportName) => typeof clientModule[exportName] === "function",
        ),
      );
    }
    expect(Object.keys(clientCalls).sort()).toEqual(exported.sort());
  });

  it.each(Object.keys(clientCalls))(
    "client and contract agree on request and response: %s",
    async (name) => {
      exchanges.length = 0;
      await clientCalls[name]?.run(access, patients);
      expect(exchanges.map(operationOf).at(-1)).toBe(clientCalls[name]?.operation);
      for (const exchange of exchanges) {
        const operation = operationOf(exchange) ?? `nothing at ${exchange.url.pathname}`;
        const { requestBody, responseBody, status, headers, url } = exchange;
        const body: unknown = requestBody === "" ? undefined : JSON.parse(requestBody);
        expect(checkRequest(operation, { query: queryOf(url), body })).toEqual([]);
        expect(checkReply(operation, status, JSON.parse(responseBody))).toEqual([]);
        expect(status, operation).toBeLessThan(300);
        expect(headers).toMatchObject({ "x-api-key": apiKey, "x-practice-group-id": "30297" });
        expect(headers["content-type"]).toBe(body === undefined ? undefined : "application/json");
        expect(headers.cookie).toBeUndefined();
      }
    },
  );

  it("every operation of the client is compared", async () => {
    exchanges.length = 0;
    for (const { run } of Object.values(clientCalls)) await run(access, patients);
    const exercisedOperations = new Set(exchanges.map(operationOf));
    expect([...exercisedOperations].map(String).sort()).toEqual(
      declaredOperations.map(({ name }) => name).sort(),
    );
  });

  it("client and contract agree on errors: no such link, another practice, an invalid key, a wrong body", async () => {
    exchanges.length = 0;
    const body = { ...(await minimalLink(access)), expiry_date: "tomorrow" };
    const errors = [
      [() => getBookingLink(access, "99999999"), "not_found"],
      [() => getPracticeGroup({ ...access, practiceGroupId: practiceGroup("20417") }), "forbidden"],
      [() => getPracticeGroup({ ...access, apiKey: "a key that nobody made" }), "unauthorised"],
      [() => requestBookingLink(access, body), "bad_request"],
    ] as const;
    for (const [call, code] of errors) await expect(call()).rejects.toMatchObject({ code });
    const failedExchanges = exchanges.filter(({ status }) => status >= 300);
    expect(new Set(failedExchanges.map(({ status }) => status))).toEqual(
      new Set([400, 401, 403, 404]),
    );
    for (const { status, responseBody, ...rest } of failedExchanges) {
      const operation = operationOf({ status, responseBody, ...rest }) ?? "";
      expect(checkReply(operation, status, JSON.parse(responseBody))).toEqual([]);
    }
  });
});
