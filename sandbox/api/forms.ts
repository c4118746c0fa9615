import type {
  GetFormResponse,
  GetFormResponseResponse,
  ListFormsResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import { defineOperation } from "./operation";
import { listResponse, booleanParam } from "./pagination";
import { notFound, parseInput } from "./problem";

const formTypes = ["questionnaire", "response", "appointment", "care_navigation"] as const;
const filterInput = z.object({ form_type: z.enum(formTypes).optional() });

export const formOperations = [
  defineOperation<ListFormsResponse>({
    operationId: "listForms",
    method: "GET",
    path: "/v1/forms",
    scope: null,
    handle: ({ practice, query }) => {
      const search = query.get("search")?.toLowerCase();
      const isReply = booleanParam(query, "reply_form");
      const { form_type } = parseInput(filterInput, {
        form_type: query.get("form_type") ?? undefined,
      });
      return listResponse(
        practice.forms
          .filter(
            (form) =>
              (!search || form.title.toLowerCase().includes(search)) &&
              (isReply === undefined || form.reply_form === isReply) &&
              (!form_type || form.form_type === form_type),
          )
          .map(({ fields: _fields, ...summary }) => summary),
      );
    },
  }),
  defineOperation<GetFormResponse>({
    operationId: "getForm",
    method: "GET",
    path: "/v1/forms/{id}",
    scope: null,
    handle: ({ practice, id }) => {
      const found = practice.forms.find((form) => form.id === id);
      if (!found) throw notFound("Form");
      const { reply_form: _replyForm, ...form } = found;
      return form;
    },
  }),
  defineOperation<GetFormResponseResponse>({
    operationId: "getFormResponse",
    method: "GET",
    path: "/v1/form_response/{id}",
    scope: null,
    handle: ({ sandbox, practice, id }) => {
      const response = sandbox.formResponses.get(id);
      if (response?.practiceGroupId !== practice.practiceGroupId) throw notFound("Form response");
      // Numbers are what Hero documents here; one practice's ID is none.
      const toNumber = (text: string | null) =>
        text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
      const time = new Date(response.createdAtMs).toISOString();
      return {
        id: Number(response.id),
        form_id: toNumber(response.formId),
        client_id: toNumber(response.patientId),
        practice_group_id: toNumber(response.practiceGroupId),
        short_link_id: Number(response.linkId),
        created_at: time,
        updated_at: time,
        hidden: false,
      };
    },
  }),
];
