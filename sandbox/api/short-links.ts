import type {
  CreateFormLinkResponse,
  CreateVideoLinkResponse,
  GetLinkStatusResponse,
  ListShortLinksResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import { endOfLondonDayMs } from "../state/time";
import { createLink, linkState, linkUrl } from "../state/links";
import type { LinkRecord } from "../state/model";
import { findPatientOfPractice } from "../state/patients";
import type { SandboxState } from "../state/sandbox-state";
import { localDateField, idField } from "./fields";
import { defineOperation } from "./operation";
import { booleanParam, paginate } from "./pagination";
import { invalidField, notFound, parseInput, problem } from "./problem";

const formLinkInput = z.object({
  form_id: z.string().min(1),
  patient_id: idField.optional(),
  expiry_date: localDateField.optional(),
  maximum_use_count: z.int().min(1, "at least 1").optional(),
});

// `expiry_date` is a guess: Hero describes no limits of a video link.
const videoLinkInput = z.object({
  patient_id: idField.optional(),
  appointment_id: idField.optional(),
  expiry_date: localDateField.optional(),
});

export const shortLinkOperations = [
  defineOperation<CreateFormLinkResponse>({
    operationId: "createFormLink",
    method: "POST",
    path: "/v1/form_links",
    scope: "booking_links",
    handle: ({ sandbox, practice, keySuffix, body }) => {
      const input = parseInput(formLinkInput, body);
      if (!practice.forms.some((form) => form.id === input.form_id)) throw notFound("Form");
      if (input.patient_id && !findPatientOfPractice(sandbox, practice, input.patient_id)) {
        throw notFound("Patient");
      }
      const link = createLink(sandbox, {
        kind: "form",
        practiceGroupId: practice.practiceGroupId,
        keySuffix,
        appointmentTypeId: null,
        locationId: null,
        practitionerId: null,
        formId: input.form_id,
        patientId: input.patient_id ?? null,
        slotsFrom: null,
        slotsTo: null,
        expiresOn: input.expiry_date ?? null,
        maxUses: input.maximum_use_count ?? null,
      });
      return { form_link: linkUrl(sandbox, link), id: link.id };
    },
  }),
  defineOperation<CreateVideoLinkResponse>({
    operationId: "createVideoLink",
    method: "POST",
    path: "/v1/video_links",
    scope: "booking_links",
    handle: ({ sandbox, practice, keySuffix, body }) => {
      if (!practice.capabilities.includes("video_consultations")) {
        throw problem(403, "Unauthorised: the practice lacks video_consultations");
      }
      const input = parseInput(videoLinkInput, body);
      if (input.patient_id && !findPatientOfPractice(sandbox, practice, input.patient_id)) {
        throw notFound("Patient");
      }
      const appointment = sandbox.appointments.get(input.appointment_id ?? "");
      if (input.appointment_id && appointment?.practiceGroupId !== practice.practiceGroupId) {
        throw notFound("Appointment");
      }
      const link = createLink(sandbox, {
        kind: "video",
        practiceGroupId: practice.practiceGroupId,
        keySuffix,
        appointmentTypeId: null,
        locationId: null,
        practitionerId: null,
        formId: null,
        patientId: input.patient_id ?? appointment?.patientId ?? null,
        slotsFrom: null,
        slotsTo: null,
        expiresOn: input.expiry_date ?? null,
        maxUses: null,
      });
      return { video_link: linkUrl(sandbox, link), id: link.id };
    },
  }),
  defineOperation<GetLinkStatusResponse>({
    operationId: "getLinkStatus",
    method: "GET",
    path: "/v1/links/status",
    scope: "booking_links",
    handle: ({ sandbox, practice, query }) => {
      const url = query.get("url");
      const id = query.get("id");
      if (!url && !id) throw invalidField(["url"], "invalid_type", "url or id");
      const link = [...sandbox.links.values()].find(
        (item) =>
          item.practiceGroupId === practice.practiceGroupId &&
          (!id || item.id === id) &&
          (!url || linkUrl(sandbox, item) === url),
      );
      if (!link) throw notFound("Link");
      const appointments = [...sandbox.appointments.values()].filter(
        (item) => item.linkId === link.id && item.confirmedAtMs !== null,
      );
      return {
        status: shortLinkStatus(sandbox, link),
        type: link.kind,
        reference: [
          { type: `${link.kind}_link`, id: link.id },
          ...appointments.map((item) => ({ type: "appointment", id: item.id })),
        ],
      };
    },
  }),
  defineOperation<ListShortLinksResponse>({
    operationId: "listShortLinks",
    method: "GET",
    path: "/v1/short_links",
    scope: "booking_links",
    handle: ({ sandbox, practice, query }) => {
      const type = query.get("type");
      const status = query.get("status");
      const isGenericOnly = booleanParam(query, "exclude_patient_specific_links") ?? false;
      const links = [...sandbox.links.values()]
        .filter(
          (link) =>
            link.practiceGroupId === practice.practiceGroupId &&
            (!type || link.kind === type) &&
            (!status || shortLinkStatus(sandbox, link) === status) &&
            (!isGenericOnly || link.patientId === null),
        )
        .reverse();
      if (query.get("order_by") === "expiry_date") {
        const sign = booleanParam(query, "order_descending") ? -1 : 1;
        links.sort(
          (item, other) =>
            sign * (item.expiresOn ?? "9999").localeCompare(other.expiresOn ?? "9999"),
        );
      }
      const page = paginate(links, query);
      return {
        data: page.data.map((link) => ({
          id: link.id,
          type: link.kind,
          short_link: linkUrl(sandbox, link),
          status: shortLinkStatus(sandbox, link),
          expiry_date: link.expiresOn
            ? new Date(endOfLondonDayMs(link.expiresOn)).toISOString()
            : null,
        })),
        count: page.count,
      };
    },
  }),
];

/** Hero documents `unused` and `expired`; `used` and `locked` are guesses. */
export function shortLinkStatus(sandbox: SandboxState, link: LinkRecord): string {
  const state = linkState(link, sandbox.clock.nowMs());
  if (state === "expired" || state === "locked") return state;
  return link.uses > 0 ? "used" : "unused";
}
