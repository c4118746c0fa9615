import type {
  CreateAccessTokenResponse,
  GetCapabilitiesResponse,
  GetConfigurationResponse,
  GetPracticeGroupByIdResponse,
  ListElementsResponse,
  UpdatePracticeGroupResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import { cancellationPolicyHours, holdMinutes } from "../state/appointments";
import { signToken } from "../state/tokens";
import { defineOperation } from "./operation";
import { listResponse } from "./pagination";
import { parseInput } from "./problem";

const addressLine = z.string().max(200).optional();

/** Any other field is accepted and has no effect. */
const updateInput = z.object({
  name: z.string().min(1).max(200).optional(),
  address: z
    .object({
      line_1: addressLine,
      line_2: addressLine,
      line_3: addressLine,
      town: addressLine,
      county: addressLine,
      postcode: addressLine,
    })
    .optional(),
});

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
  defineOperation<UpdatePracticeGroupResponse>({
    operationId: "updatePracticeGroup",
    method: "PATCH",
    path: "/v1/me",
    scope: null,
    handle: ({ practice, body }) => {
      const { name, address } = parseInput(updateInput, body);
      practice.name = name ?? practice.name;
      practice.address = { ...practice.address, ...address };
      return { id: practice.practiceGroupId, name: practice.name };
    },
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
        ways_of_consulting: ["in_person", "telephone", "video"],
      },
      messaging: { sender: practice.name.slice(0, 11), opt_out: true, footer: null },
      // No reader may show these.
      prescription_partner: "signature_rx",
      prescription_partner_credentials: {
        email: `prescriptions@${practice.slug}.example`,
        password: "canary-prescription-password",
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
