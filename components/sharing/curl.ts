import type { LinkView } from "@/server/schemas/links/view";

/** A word of a POSIX shell that means exactly this text. */
export const quoteForShell = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

type CurlRequest = {
  url: string;
  /** Sent as they stand, in double quotes: `$NAME` is filled in by the shell. */
  headers: readonly string[];
  body?: Readonly<Record<string, unknown>>;
  method?: "GET" | "POST" | "PATCH";
};

/** A request as a command for a shell; a field without a value is left out of the body. */
export function formatCurlCommand({ url, headers, body, method = "POST" }: CurlRequest): string {
  const fields = Object.entries(body ?? {}).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return [
    `curl --request ${method} ${quoteForShell(url)}`,
    ...headers.map((header) => `--header "${header}"`),
    ...(body
      ? [
          `--header "content-type: application/json"`,
          `--data ${quoteForShell(indentJson(JSON.stringify(Object.fromEntries(fields), null, 2)))}`,
        ]
      : []),
  ].join(" \\\n  ");
}

/** Every line but the first, moved in under the option it belongs to. */
const indentJson = (json: string) => json.replaceAll("\n", "\n  ");

/** The call to Hero that would make the same link (guide §11, §13); the key is a placeholder. */
export function heroCurlCommand(link: LinkView, heroUrl: string): string {
  const limits = { expiry_date: link.expiresOn, maximum_use_count: link.maxUses };
  return formatCurlCommand({
    url: `${heroUrl}/v1/${link.kind}_links`,
    headers: [
      "x-api-key: $HERO_API_KEY",
      // What else a group id could hold has no place between double quotes.
      `x-practice-group-id: ${link.practice.practiceGroupId.replace(/[^0-9A-Za-z_-]/g, "")}`,
    ],
    body:
      link.kind === "form"
        ? { form_id: link.form?.id, patient_id: link.patientId, ...limits }
        : {
            appointment_type_id: link.appointmentType?.id,
            location_id: link.location?.id,
            practitioner_id: link.practitioner?.id,
            patient_id: link.patientId,
            from_date: link.slotsFrom,
            to_date: link.slotsTo,
            ...limits,
          },
  });
}

/** The same through the portal, which keeps the link in its ledger and makes it at most once. */
export function portalCurlCommand(link: LinkView, portalUrl: string): string {
  const isForm = link.kind === "form";
  return formatCurlCommand({
    url: `${portalUrl}/api/v1/links`,
    headers: ["authorization: Bearer $PORTAL_API_KEY", `idempotency-key: copy-of-${link.id}`],
    body: {
      kind: link.kind,
      practiceGroupId: link.practice.practiceGroupId,
      formId: isForm ? link.form?.id : null,
      appointmentTypeId: isForm ? null : link.appointmentType?.id,
      locationId: isForm ? null : link.location?.id,
      practitionerId: isForm ? null : link.practitioner?.id,
      patientId: link.patientId,
      slotsFrom: link.slotsFrom,
      slotsTo: link.slotsTo,
      expiresOn: link.expiresOn,
      maxUses: link.maxUses,
      name: link.name,
      reference: link.reference,
      tags: link.tags.length > 0 ? link.tags : null,
    },
  });
}
