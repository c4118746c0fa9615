import { curlOf } from "../sharing/curl";

const bearer = "authorization: Bearer $PORTAL_API_KEY";

type Example = { portalUrl: string; practiceGroupId: string; expiresOn: string };

/** A call that works once the ids are those of the practice, for each operation by its id. */
export function exampleOf(
  operationId: string,
  { portalUrl, practiceGroupId, expiresOn }: Example,
): string | undefined {
  const url = `${portalUrl}/api/v1/links`;
  const examples: Record<string, string> = {
    createLink: curlOf({
      url,
      headers: [bearer, "idempotency-key: letters-2026-0042"],
      body: {
        kind: "booking",
        practiceGroupId,
        appointmentTypeId: "10001",
        locationId: "20001",
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
  };
  return examples[operationId];
}
