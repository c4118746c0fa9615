import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { beforeAll, expect } from "vitest";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { listForms } from "@/server/services/forms";
import type { TenantContext } from "@/server/tenancy/context";
import { buildOpenApi } from "@/server/v1/openapi";
import { type ApiCall, type ApiResponse, callApi, createTestApiKey } from "../../support/api-v1";
import { connectAsSuperuser } from "../../setup/database";
import { createPatientCase, getSandboxPractice, listHeroCalls } from "../../support/hero";
import { createTenant, firstBookingChoice } from "../../support/tenants";

export const today = ukDateOf(new Date());
export const document = buildOpenApi();
export const sql = connectAsSuperuser();

export let owner: TenantContext;
let key: string;
export let practiceGroupId: string;
export let heroKey: string;
let choice: { appointmentTypeId: string; locationId: string };
export let formId: string;

beforeAll(async () => {
  const tenant = await createTenant();
  const practice = await getSandboxPractice("30298", "b");
  ({ practiceGroupId, apiKey: heroKey } = practice);
  const { id } = await tenant.connect(practice);
  owner = await tenant.asOwner();
  ({ key } = await createTestApiKey(owner));
  choice = await firstBookingChoice(owner, id);
  formId = (await listForms(owner, { practiceId: id }))[0]?.id ?? "";
});

export const bookingBody = (overrides: Record<string, unknown> = {}) => ({
  kind: "booking",
  practiceGroupId,
  ...choice,
  expiresOn: addDays(today, 7),
  maxUses: 3,
  ...overrides,
});

export function formBody() {
  const { appointmentTypeId: _type, locationId: _location, ...rest } = bookingBody();
  return { ...rest, kind: "form", formId };
}

/** A patient of this file alone. */
export async function videoBody(overrides: Record<string, unknown> = {}) {
  const { patients } = await createPatientCase(practiceGroupId, "found");
  return {
    kind: "video",
    practiceGroupId,
    patientId: patients[0]?.patientId ?? "",
    expiresOn: addDays(today, 7),
    ...overrides,
  };
}

export const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema({ ...document, $id: "portal.json" });

/** The problems of a response by our API description. */
function contractErrors(method: ApiCall["method"], path: string, reply: ApiResponse): string[] {
  const [, id, action = ""] = /^\/([^?/]+)(\/resolve)?/.exec(path) ?? [];
  const template = id ? `/api/v1/links/{id}${action}` : "/api/v1/links";
  const operation = document.paths?.[template]?.[method.toLowerCase() as "get"];
  const response = operation?.responses?.[String(reply.status)];
  if (!response) return [`${method} ${template}: ${reply.status} is not described`];
  const [type = ""] = (reply.headers.get("content-type") ?? "").split(";");
  if (!("content" in response) || !response.content?.[type]) return [`${type} is not described`];
  const schemaPath = ["paths", template, method.toLowerCase(), "responses", String(reply.status)]
    .concat("content", type, "schema")
    .map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")))
    .join("/");
  const validate = ajv.compile({ $ref: `portal.json#/${schemaPath}` });
  const errors = validate(reply.json)
    ? []
    : (validate.errors ?? []).map((error) => JSON.stringify(error));
  // Clients must accept extra fields; this test does not.
  const describedFields = Object.values(document.components?.schemas ?? {}).flatMap((schema) =>
    typeof schema === "object" && "properties" in schema
      ? Object.keys(schema.properties ?? {})
      : [],
  );
  const undescribedFields = Object.keys(reply.json).filter(
    (field) => !describedFields.includes(field),
  );
  return [...errors, ...undescribedFields.map((field) => `${field} is not described`)];
}

/** As `callApi` with the full key; every response is validated against the description. */
export async function call(
  options: Partial<ApiCall> & Pick<ApiCall, "method">,
): Promise<ApiResponse> {
  const reply = await callApi({ key, ...options });
  expect(contractErrors(options.method, options.path ?? "", reply)).toEqual([]);
  expect(reply.headers.get("cache-control")).toBe("no-store");
  return reply;
}

export const post = (body: unknown, headers: Record<string, string> = {}) =>
  call({ method: "POST", body, headers });
/** How often Hero was called to create a booking link with this file's key. */
export const countHeroCalls = async () =>
  (await listHeroCalls(heroKey, "createBookingLink")).length;
export const getId = (reply: ApiResponse) => String(reply.json.id);
