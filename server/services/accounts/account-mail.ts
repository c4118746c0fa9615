import "server-only";
import { eq } from "drizzle-orm";
import { db } from "@/db/client";
import { users } from "@/db/schema/accounts";
import type { JobData } from "../../queue/queues";
import { portalUrl, sendMail } from "../mail";
import { issueEmailToken } from "./email-tokens";

/**
 * Writes the mail that fits the account as it is now. Tokens are made here, when the mail goes out, so
 * that none waits in the queue; a job that runs twice sends a second mail whose link replaces the first.
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
        "Somebody, hopefully you, asked to choose a new password for this address.",
        "The link works once, for one hour. If it was not you, do nothing: your password stays as it is.",
      ],
      link: { label: "Choose a new password", url: portalUrl("/reset-password", { token }) },
    });
  } else if (!user.emailVerifiedAt) {
    const token = await issueEmailToken(user.id, "verify_email");
    await sendMail(job.email, {
      subject: "Verify your e-mail address for Partner Portal",
      paragraphs: [
        "Welcome. One step is left: verify this address with the password you chose.",
        "The link works once, for one day. If you did not sign up, do nothing and the account stays closed.",
      ],
      link: { label: "Verify this address", url: portalUrl("/verify-email", { token }) },
    });
  } else if (job.purpose === "sign_up") {
    await sendMail(job.email, {
      subject: "You already have a Partner Portal account",
      paragraphs: [
        "Somebody tried to sign up with this address, which already has an account. Nothing was changed.",
        "If it was you, sign in; if you forgot your password, you can choose a new one there.",
      ],
      link: { label: "Sign in", url: portalUrl("/sign-in") },
    });
  }
}
