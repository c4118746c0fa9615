import type {
  CreateAccessTokenResponse,
  GetCapabilitiesResponse,
  GetConfigurationResponse,
  GetPracticeGroupByIdResponse,
  ListElementsResponse,
} from "@/server/hero/generated";
import { cancellationPolicyHours, holdMinutes } from "../state/appointments";
import { signToken } from "../state/tokens";
import { defineOperation } from "./operation";
import { listResponse } from "./pagination";

export const meOperations = [
  defineOperation<GetPracticeGroupByIdResponse>({
    operationId: "getPracticeGroupById",
    method: "GET",
    path: "/v1/me",
    scope: null,
    handle: ({ practice, key }) => ({
      id: practice.practiceGroupId,
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
  defineOperation<GetCapabilitiesResponse>({
    operationId: "getCapabilities",
    method: "GET",
    path: "/v1/me/capabilities",
    scope: null,
    handle: ({ practice }) => ({ capabilities: practice.capabilities }),
  }),
  defineOperation<GetConfigurationResponse>({
    operationId: "getConfiguration",
    method: "GET",
    path: "/v1/me/configuration",
    scope: null,
    handle: ({ practice }) => ({
      clinical_system: practice.system,
      time_zone: "Europe/London",
      booking: {
        hold_minutes: holdMinutes,
        cancellation_policy_hours: cancellationPolicyHours,
      },
    }),
  }),
  defineOperation<ListElementsResponse>({
    operationId: "listElements",
    method: "GET",
    path: "/v1/me/elements",
    scope: null,
    handle: ({ practice }) => listResponse(practice.elements),
  }),
  defineOperation<CreateAccessTokenResponse>({
    operationId: "createAccessToken",
    method: "POST",
    path: "/v1/access_token",
    scope: null,
    handle: ({ sandbox, practice, key }) => ({
      access_token: signToken(
        { practiceGroupId: practice.practiceGroupId, partner: key.partner },
        sandbox.clock.nowMs(),
      ),
    }),
  }),
];
