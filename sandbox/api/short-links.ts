import type {
  CreateFormLinkResponse,
  GetLinkStatusResponse,
  ListShortLinksResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import { endOfLondonDay } from "../london";
import { addLink, linkState, linkUrl } from "../state/links";
import type { LinkRecord } from "../state/model";
import { findPatientOfPractice } from "../state/patients";
import type { World } from "../state/world";
import { dateField, idField } from "./fields";
import { operation } from "./operation";
import { flagOf, pageOf } from "./paging";
import { invalid, notFound, parsed } from "./problem";

const formLinkInput = z.object({
  form_id: z.string().min(1),
  patient_id: idField.optional(),
  expiry_date: dateField.optional(),
  maximum_use_count: z.int().min(1, "at least 1").optional(),
});

export const shortLinkOperations = [
  operation<CreateFormLinkResponse>({
    operationId: "createFormLink",
    method: "POST",
    path: "/v1/form_links",
    scope: "booking_links",
    answer: ({ world, practice, body }) => {
      const input = parsed(formLinkInput, body);
      if (!practice.forms.some((form) => form.id === input.form_id)) throw notFound("Form");
      if (input.patient_id && !findPatientOfPractice(world, practice, input.patient_id)) {
        throw notFound("Patient");
      }
      const link = addLink(world, {
        kind: "form",
        groupId: practice.groupId,
        typeId: null,
        locationId: null,
        practitionerId: null,
        formId: input.form_id,
        patientId: input.patient_id ?? null,
        fromOn: null,
        toOn: null,
        expiresOn: input.expiry_date ?? null,
        maximumUses: input.maximum_use_count ?? null,
      });
      return { form_link: linkUrl(world, link), id: link.id };
    },
  }),
  operation<GetLinkStatusResponse>({
    operationId: "getLinkStatus",
    method: "GET",
    path: "/v1/links/status",
    scope: "booking_links",
    answer: ({ world, practice, query }) => {
      const url = query.get("url");
      const id = query.get("id");
      if (!url && !id) throw invalid(["url"], "invalid_type", "url or id");
      const link = [...world.links.values()].find(
        (one) =>
          one.groupId === practice.groupId &&
          (!id || one.id === id) &&
          (!url || linkUrl(world, one) === url),
      );
      if (!link) throw notFound("Link");
      const appointments = [...world.appointments.values()].filter(
        (one) => one.linkId === link.id && one.confirmedAtMs !== null,
      );
      return {
        status: statusOfLink(world, link),
        type: link.kind,
        reference: [
          { type: `${link.kind}_link`, id: link.id },
          ...appointments.map((one) => ({ type: "appointment", id: one.id })),
        ],
      };
    },
  }),
  operation<ListShortLinksResponse>({
    operationId: "listShortLinks",
    method: "GET",
    path: "/v1/short_links",
    scope: "booking_links",
    answer: ({ world, practice, query }) => {
      const type = query.get("type");
      const status = query.get("status");
      const isGenericOnly = flagOf(query, "exclude_patient_specific_links") ?? false;
      const links = [...world.links.values()]
        .filter(
          (link) =>
            link.groupId === practice.groupId &&
            (!type || link.kind === type) &&
            (!status || statusOfLink(world, link) === status) &&
            (!isGenericOnly || link.patientId === null),
        )
        .reverse();
      if (query.get("order_by") === "expiry_date") {
        const sign = flagOf(query, "order_descending") ? -1 : 1;
        links.sort(
          (one, other) => sign * (one.expiresOn ?? "9999").localeCompare(other.expiresOn ?? "9999"),
        );
      }
      const page = pageOf(links, query);
      return {
        data: page.data.map((link) => ({
          id: link.id,
          type: link.kind,
          short_link: linkUrl(world, link),
          status: statusOfLink(world, link),
          expiry_date: link.expiresOn
            ? new Date(endOfLondonDay(link.expiresOn)).toISOString()
            : null,
        })),
        count: page.count,
      };
    },
  }),
];

/** Only `unused` and `expired` are documented; `used` and `locked` are guesses. */
export function statusOfLink(world: World, link: LinkRecord): string {
  const state = linkState(link, world.clock.nowMs());
  if (state === "expired" || state === "locked") return state;
  return link.uses > 0 ? "used" : "unused";
}
