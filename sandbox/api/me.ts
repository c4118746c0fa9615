import type {
  CreateAccessTokenResponse,
  GetCapabilitiesResponse,
  GetConfigurationResponse,
  GetPracticeGroupByIdResponse,
  ListElementsResponse,
} from "@/server/hero/generated";
import { createHmac, randomBytes } from "node:crypto";
import { cancellationPolicyHours, holdMinutes } from "../state/appointments";
import { operation } from "./operation";
import { everything } from "./paging";

const tokenMinutes = 30;
const tokenSecret = randomBytes(32);

export const meOperations = [
  operation<GetPracticeGroupByIdResponse>({
    operationId: "getPracticeGroupById",
    method: "GET",
    path: "/v1/me",
    scope: null,
    answer: ({ practice, key }) => ({
      id: practice.groupId,
      name: practice.name,
      sector: practice.system === "private" ? "private" : "nhs",
      address: { ...practice.address, country: "United Kingdom" },
      authenticated_as: {
        id: `api-partner-${key.partner}`,
        first_name: "API",
        last_name: `Partner ${key.partner.toUpperCase()}`,
        email: `api@partner-${key.partner}.example`,
      },
    }),
  }),
  operation<GetCapabilitiesResponse>({
    operationId: "getCapabilities",
    method: "GET",
    path: "/v1/me/capabilities",
    scope: null,
    answer: ({ practice }) => ({ capabilities: practice.capabilities }),
  }),
  operation<GetConfigurationResponse>({
    operationId: "getConfiguration",
    method: "GET",
    path: "/v1/me/configuration",
    scope: null,
    answer: ({ practice }) => ({
      clinical_system: practice.system,
      time_zone: "Europe/London",
      booking: {
        hold_minutes: holdMinutes,
        cancellation_policy_hours: cancellationPolicyHours,
      },
    }),
  }),
  operation<ListElementsResponse>({
    operationId: "listElements",
    method: "GET",
    path: "/v1/me/elements",
    scope: null,
    answer: ({ practice }) => everything(practice.elements),
  }),
  operation<CreateAccessTokenResponse>({
    operationId: "createAccessToken",
    method: "POST",
    path: "/v1/access_token",
    scope: null,
    answer: ({ world, practice, key }) => {
      const issuedAt = Math.floor(world.clock.nowMs() / 1000);
      return {
        access_token: signedToken({
          iss: "hero-sandbox",
          practice_group_id: practice.groupId,
          partner: key.partner,
          iat: issuedAt,
          exp: issuedAt + tokenMinutes * 60,
          jti: randomBytes(12).toString("hex"),
        }),
      };
    },
  }),
];

function signedToken(claims: Record<string, string | number>): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createHmac("sha256", tokenSecret).update(signed).digest("base64url")}`;
}
