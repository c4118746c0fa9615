import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  requestBookingLink,
  getBookingLink,
  listBookingLinks,
  listShortLinks,
  updateBookingLink,
} from "@/server/hero/booking-links";
import {
  getCapabilities,
  getPracticeGroup,
  listAppointmentTypes,
  listElements,
  listLocations,
  listPractitioners,
} from "@/server/hero/practice";
import { requestFormLink } from "@/server/hero/form-links";
import { fetchForm, fetchForms } from "@/server/hero/forms";
import { createAccessToken } from "@/server/hero/access-token";
import { getLinkStatus } from "@/server/hero/link-status";
import { getPatient, registerPatientPds } from "@/server/hero/patients";
import type { HeroConnection } from "@/server/hero/request";
import { fetchSlotCount } from "@/server/hero/slots";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { sandboxUrl } from "../setup/database";
import { checkReply, checkRequest, getOperationRoute } from "../support/contract";
import { getSandboxPractice, listTestPatients } from "../support/hero";
import { createAccess, practiceGroup } from "./fake-hero";

/** Files of the client without operations. */
const filesWithoutOperations = [
  "assumptions.ts",
  "created-link.ts",
  "decode-body.ts",
  "element-script.ts",
  "errors.ts",
  "ids.ts",
  "practice-group.ts",
  "request.ts",
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

beforeAll(async () => {
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  const port = typeof address === "object" && address ? address.port : 0;
  process.env.HERO_SANDBOX_URL = `http://127.0.0.1:${port}`;
  ({ apiKey } = await getSandboxPractice("30297", "c"));
  ({ access } = createAccess({ apiKey, practiceGroupId: practiceGroup("30297") }));
});

afterAll(() => {
  proxy.closeAllConnections();
  proxy.close();
});

/** The client's exported functions, each with calls of every variant. */
const calls: Record<string, (hero: HeroConnection) => Promise<unknown>> = {
  getPracticeGroup,
  getCapabilities,
  listElements,
  listAppointmentTypes,
  listLocations,
  listPractitioners,
  listBookingLinks,
  async listShortLinks(hero) {
    await createTestLink(hero);
    await listShortLinks(hero, { index: 0, size: 2, isGenericOnly: false });
    return listShortLinks(hero, { index: 1, size: 50, isGenericOnly: true });
  },
  async fetchForms(hero) {
    await fetchForms(hero);
    return fetchForms(hero, { search: "health", form_type: "questionnaire" });
  },
  async fetchForm(hero) {
    return fetchForm(hero, await firstForm(hero));
  },
  async requestFormLink(hero) {
    const form_id = await firstForm(hero);
    await requestFormLink(hero, { form_id });
    return requestFormLink(hero, {
      form_id,
      patient_id: await firstPatient(),
      expiry_date: addDays(ukDateOf(new Date()), 7),
      maximum_use_count: 1,
    });
  },
  async getLinkStatus(hero) {
    const { url, id } = await requestFormLink(hero, { form_id: await firstForm(hero) });
    await getLinkStatus(hero, { url });
    return getLinkStatus(hero, { id: id ?? "" });
  },
  createAccessToken,
  async fetchSlotCount(hero) {
    const { appointment_type_id, location_id } = await minimalLink(hero);
    const [practitioner] = await listPractitioners(hero);
    await fetchSlotCount(hero, {});
    return fetchSlotCount(hero, {
      appointment_type_id,
      location_id,
      practitioner_id: practitioner?.id,
      start_date: "2027-03-28",
      end_date: "2027-03-28",
    });
  },
  async registerPatientPds(hero) {
    const [registered] = await listTestPatients("30297");
    const unregistered = (await listTestPatients(null)).find((candidate) => candidate.needsLogin);
    if (!registered || !unregistered) throw new Error("The sandbox has no such patients.");
    const { firstName, lastName, postcode, nhsNumber, dateOfBirth } = registered;
    await registerPatientPds(hero, { nhs_number: nhsNumber, dob: dateOfBirth });
    await registerPatientPds(hero, {
      forename: firstName,
      surname: lastName,
      postcode,
      dob: dateOfBirth,
    });
    return registerPatientPds(hero, {
      nhs_number: unregistered.nhsNumber,
      dob: unregistered.dateOfBirth,
    });
  },
  async getPatient(hero) {
    return getPatient(hero, await firstPatient());
  },
  async requestBookingLink(hero) {
    const body = await minimalLink(hero);
    const today = ukDateOf(new Date());
    const [practitioner] = await listPractitioners(hero);
    await requestBookingLink(hero, body);
    return requestBookingLink(hero, {
      ...body,
      practitioner_id: practitioner?.id,
      from_date: today,
      to_date: addDays(today, 5),
      maximum_use_count: 3,
    });
  },
  async getBookingLink(hero) {
    return getBookingLink(hero, await createTestLink(hero));
  },
  async updateBookingLink(hero) {
    const id = await createTestLink(hero);
    const today = ukDateOf(new Date());
    await updateBookingLink(hero, id, { expiry_date: addDays(today, -1) });
    return updateBookingLink(hero, id, {
      from_date: today,
      to_date: addDays(today, 2),
      expiry_date: addDays(today, 9),
      maximum_use_count: 2,
    });
  },
};

async function minimalLink(hero: HeroConnection) {
  const [[type], [location]] = await Promise.all([listAppointmentTypes(hero), listLocations(hero)]);
  return {
    appointment_type_id: type?.id ?? "",
    location_id: location?.id ?? "",
    expiry_date: addDays(ukDateOf(new Date()), 7),
    maximum_use_count: 1,
  };
}

async function firstForm(hero: HeroConnection): Promise<string> {
  return (await fetchForms(hero))[0]?.id ?? "";
}

async function firstPatient(): Promise<string> {
  return (await listTestPatients("30297"))[0]?.patientId ?? "";
}

async function createTestLink(hero: HeroConnection): Promise<string> {
  const { id } = await requestBookingLink(hero, await minimalLink(hero));
  if (!id) throw new Error("The sandbox gave no id.");
  return id;
}

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
    expect(Object.keys(calls).sort()).toEqual(exported.sort());
  });

  it.each(Object.keys(calls))(
    "client and contract agree on request and response: %s",
    async (name) => {
      exchanges.length = 0;
      await calls[name]?.(access);
      expect(exchanges.length).toBeGreaterThan(0);
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
    for (const call of Object.values(calls)) await call(access);
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
