import "server-only";
import { eq } from "drizzle-orm";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import type { JobData } from "../../queue/queues";
import { portalUrl, sendMail } from "../mail";
import { issueEmailToken } from "./email-tokens";

/**
 * Sends the email that fits the account now. Tokens are created here, so that none waits in the queue. A job
 * that runs twice sends a second email.
 */
export async function sendAccountMail(job: JobData["account-mail"]): Promise<void> {
  const [user] = await db.shared
    .select({ id: users.id, emailVerifiedAt: users.emailVerifiedAt, disabledAt: users.disabledAt })
    .from(users)
    .where(eq(users.email, job.email));
  if (!user || user.disabledAt) return;

  if (job.purpose === "reset_password") {
    const token = await issueEmailToken(user.id, "reset_password");
    await sendMail(job.email, {
      subject: "Choose a new password for Partner Portal",
      paragraphs: [
        "We received a request to choose a new password for this email address.",
        "The link works once and expires in one hour. If you did not request it, ignore this email. Your password has not changed.",
      ],
      link: { label: "Choose a new password", url: portalUrl("/reset-password", { token }) },
    });
  } else if (!user.emailVerifiedAt) {
    const token = await issueEmailToken(user.id, "verify_email");
    await sendMail(job.email, {
      subject: "Confirm your email address for Partner Portal",
      paragraphs: [
        "Welcome. Confirm your email address to finish signing up.",
        "The link works once and expires in one day. If you did not sign up, ignore this email. The account stays closed.",
      ],
      link: { label: "Confirm email address", url: portalUrl("/verify-email", { token }) },
    });
  } else if (job.purpose === "sign_up") {
    await sendMail(job.email, {
      subject: "You already have a Partner Portal account",
      paragraphs: [
        "Someone tried to sign up with this email address, which already has an account. Nothing has changed.",
        "If this was you, sign in. If you forgot your password, you can choose a new one there.",
      ],
      link: { label: "Sign in", url: portalUrl("/sign-in") },
    });
  }
}
