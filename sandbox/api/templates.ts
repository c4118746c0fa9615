import type { ListTemplatesResponse } from "@/server/hero/generated";
import { defineOperation } from "./operation";
import { booleanParam, listResponse } from "./pagination";

/** Hero does not document templates; these are the same at every practice. */
const templates = [
  {
    id: "70001",
    name: "Flu clinic",
    content: "Our flu clinic is open. Book your appointment: {{link}}",
    has_follow_up: false,
  },
  {
    id: "70002",
    name: "Results are back",
    content: "Your test results are back and need no action. Call us if you have any questions.",
    has_follow_up: false,
  },
  {
    id: "70003",
    name: "Blood pressure reading",
    content: "Please send us your latest home blood pressure reading: {{link}}",
    has_follow_up: true,
  },
];

export const templateOperations = [
  defineOperation<ListTemplatesResponse>({
    operationId: "listTemplates",
    method: "GET",
    path: "/v1/templates",
    scope: "messaging",
    handle: ({ query }) => {
      const hasFollowUp = booleanParam(query, "has_follow_up");
      return listResponse(
        templates.filter(
          (template) => hasFollowUp === undefined || template.has_follow_up === hasFollowUp,
        ),
      );
    },
  }),
];
