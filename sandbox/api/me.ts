import type {
  CreateAccessTokenResponse,
  GetCapabilitiesResponse,
  GetConfigurationResponse,
  GetPracticeGroupByIdResponse,
  ListElementsResponse,
} from "@/server/hero/generated";
import { cancellationPolicyHours, holdMinutes } from "../state/appointments";
import { signToken } from "../state/tokens";
import { operation } from "./operation";
import { everything } from "./paging";

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
    answer: ({ world, practice, key }) => ({
      access_token: signToken(
        { groupId: practice.groupId, partner: key.partner },
        world.clock.nowMs(),
      ),
    }),
  }),
];
