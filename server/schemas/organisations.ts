import { environment } from "./environments";
import { roles } from "./permissions";
import { textLine } from "./text";
import { z } from "./zod";

/** First path segments of our own pages, which cannot be an organisation's short name. */
export const reservedSlugs = [
  "account",
  "admin",
  "api",
  "embed",
  "app",
  "forgot-password",
  "health",
  "help",
  "new-organisation",
  "next",
  "organisations",
  "reset-password",
  "sign-in",
  "sign-out",
  "sign-up",
  "static",
  "status",
  "support",
  "verify-email",
  "www",
] as const;

const slug = z
  .string({ error: "Enter a short name." })
  .transform((text) => text.trim().toLowerCase())
  .pipe(
    z
      .string()
      .min(1, { error: "Enter a short name." })
      .regex(/^[a-z][a-z0-9-]{1,38}[a-z0-9]$/, {
        error: "Use 3 to 40 lower-case letters, numbers and hyphens, starting with a letter.",
      })
      .refine((text) => !reservedSlugs.some((reserved) => reserved === text), {
        error: "This short name is reserved. Choose another.",
      }),
  );

export const createOrganisationInput = z.object({
  name: textLine("your organisation's name", 80),
  slug,
});
export type CreateOrganisationInput = z.infer<typeof createOrganisationInput>;

export const role = z.enum(roles);

export const organisationView = z.object({ slug: z.string(), name: z.string(), role });
export type OrganisationView = z.infer<typeof organisationView>;

export const myAccountView = z.object({
  name: z.string(),
  email: z.string(),
  organisations: z.array(organisationView),
  environments: z.array(environment),
});
export type MyAccountView = z.infer<typeof myAccountView>;
