import { textLine, rowId } from "./text";
import { z } from "./zod";

// One plain mailbox. Lists, quoted local parts, comments, display names and non-ASCII addresses are
// rejected: mail libraries disagree on what they mean.
const emailPattern =
  /^[a-z0-9](?:[a-z0-9._%+-]*[a-z0-9_%+-])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** An email address as stored: lower case, no spaces, at most 254 characters. */
export const email = z
  .string({ error: "Enter your email address." })
  .transform((text) => text.trim().toLowerCase())
  .pipe(
    z
      .string()
      .min(1, { error: "Enter your email address." })
      .max(254, { error: "This email address is too long." })
      .regex(emailPattern, { error: "Enter an email address, like name@example.com." })
      .refine((text) => !text.includes(".."), {
        error: "Enter an email address, like name@example.com.",
      }),
  );

/**
 * Spaces and emoji are allowed, and nothing is trimmed. The server also rejects passwords that are easy to guess:
 * `server/services/accounts/password-rules.ts`.
 */
const newPassword = z
  .string({ error: "Enter a password." })
  .min(1, { error: "Enter a password." })
  .refine((text) => [...text].length >= 12, { error: "Use at least 12 characters." })
  .refine((text) => text.length <= 200, { error: "Use 200 characters or fewer." });

/** Only the size is limited, so that hashing cannot be abused. */
const enteredPassword = z
  .string({ error: "Enter your password." })
  .min(1, { error: "Enter your password." })
  .max(1000, { error: "This password is too long." });

export const signInInput = z.object({ email, password: enteredPassword });
export type SignInInput = z.infer<typeof signInInput>;

export const signUpInput = z.object({
  name: textLine("your name", 80),
  email,
  password: newPassword,
});
export type SignUpInput = z.infer<typeof signUpInput>;

const emailToken = z
  .string({ error: "This link is incomplete." })
  .regex(/^[A-Za-z0-9_-]{43}$/, { error: "This link is incomplete." });

export const verifyEmailInput = z.object({ token: emailToken, password: enteredPassword });
export type VerifyEmailInput = z.infer<typeof verifyEmailInput>;

export const sendVerificationAgainInput = z.object({ email });
export type SendVerificationAgainInput = z.infer<typeof sendVerificationAgainInput>;

/** The password is left out in the browser that signed up. */
export const openVerifyLinkInput = z.object({ token: emailToken });

export const requestPasswordResetInput = z.object({ email });
export type RequestPasswordResetInput = z.infer<typeof requestPasswordResetInput>;

export const resetPasswordInput = z.object({ token: emailToken, password: newPassword });
export type ResetPasswordInput = z.infer<typeof resetPasswordInput>;

export const endSessionInput = z.object({ sessionId: rowId });
export type EndSessionInput = z.infer<typeof endSessionInput>;

export const sessionView = z.object({
  id: z.string(),
  createdAt: z.string(),
  lastSeenAt: z.string(),
  userAgent: z.string().nullable(),
  isCurrent: z.boolean(),
});
export type SessionView = z.infer<typeof sessionView>;
