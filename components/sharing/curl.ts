import type { LinkView } from "@/server/schemas/links/view";

/** Quotes a text for a POSIX shell. */
export const quoteForShell = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

type CurlRequest = {
  url: string;
  /** In double quotes: the shell fills in `$NAME`. */
  headers: readonly string[];
  body?: Readonly<Record<string, unknown>>;
  method?: "GET" | "POST" | "PATCH";
};

/** A request as a shell command; body fields without a value are left out. */
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

const indentJson = (json: string) => json.replaceAll("\n", "\n  ");

/** The Hero call that creates the same link; the key is a placeholder. */
export function heroCurlCommand(link: LinkView, heroUrl: string): string {
  const limits = { expiry_date: link.expiresOn, maximum_use_count: link.maxUses };
  return formatCurlCommand({
    url: `${heroUrl}/v1/${link.kind}_links`,
    headers: [
      "x-api-key: $HERO_API_KEY",
      // Other characters are not safe between double quotes.
      `x-practice-group-id: ${link.practice.practiceGroupId.replace(/[^0-9A-Za-z_-]/g, "")}`,
    ],
    body:
      link.kind === "video"
        ? { patient_id: link.patientId, expiry_date: link.expiresOn }
        : link.kind === "form"
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

/** The portal API call that creates the same link, at most once. */
export function portalCurlCommand(link: LinkView, portalUrl: string): string {
  const isBooking = link.kind === "booking";
  return formatCurlCommand({
    url: `${portalUrl}/api/v1/links`,
    headers: ["authorization: Bearer $PORTAL_API_KEY", `idempotency-key: copy-of-${link.id}`],
    body: {
      kind: link.kind,
      practiceGroupId: link.practice.practiceGroupId,
      formId: link.form?.id,
      appointmentTypeId: isBooking ? link.appointmentType?.id : null,
      locationId: isBooking ? link.location?.id : null,
      practitionerId: isBooking ? link.practitioner?.id : null,
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
