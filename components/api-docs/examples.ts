import type { LinkView } from "@/server/schemas/links";
import { curlOf } from "../sharing/curl";

const bearer = "authorization: Bearer $PORTAL_API_KEY";

type Example = {
  portalUrl: string;
  practiceGroupId: string;
  /** A placement that acts for the practice. */
  placementId: string | undefined;
  expiresOn: string;
  /** Made at that practice: its appointment type and location are known to Hero. */
  lastLink: Pick<LinkView, "appointmentType" | "location"> | undefined;
};

/** A call for each operation by its id; what is not known stands as a placeholder, which is refused. */
export function exampleOf(
  operationId: string,
  { portalUrl, practiceGroupId, placementId, expiresOn, lastLink }: Example,
): string | undefined {
  const url = `${portalUrl}/api/v1/links`;
  const examples: Record<string, string> = {
    createLink: curlOf({
      url,
      headers: [bearer, "idempotency-key: letters-2026-0042"],
      body: {
        kind: "booking",
        practiceGroupId,
        appointmentTypeId: lastLink?.appointmentType?.id ?? "APPOINTMENT_TYPE_ID",
        locationId: lastLink?.location?.id ?? "LOCATION_ID",
        expiresOn,
        maximumUses: 1,
        name: "Flu letters",
        reference: "0042",
      },
    }),
    listLinks: curlOf({
      method: "GET",
      url: `${url}?practiceGroupId=${encodeURIComponent(practiceGroupId)}&state=live`,
      headers: [bearer],
    }),
    getLink: curlOf({ method: "GET", url: `${url}/LINK_ID`, headers: [bearer] }),
    changeLink: curlOf({
      method: "PATCH",
      url: `${url}/LINK_ID`,
      headers: [bearer],
      body: { isClosed: true },
    }),
    createElementSession: curlOf({
      url: `${portalUrl}/api/v1/element-sessions`,
      headers: [bearer],
      body: { placementId: placementId ?? "PLACEMENT_ID", practiceGroupId },
    }),
  };
  return examples[operationId];
}
