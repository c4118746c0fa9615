import type { Metadata } from "next";
import { AccountFrame } from "@/components/account/account-frame";
import { ForgotPasswordForm } from "@/components/account/forgot-password-form";
import { PlainLink } from "@/components/account/plain-link";
import { requestPasswordReset } from "./actions";

export const metadata: Metadata = { title: "Forgot your password" };

export default function ForgotPasswordPage() {
  return (
    <AccountFrame
      title="Forgot your password?"
      description="We'll email you a link to reset it."
      footer={
        <p>
          <PlainLink href="/sign-in">Back to sign in</PlainLink>
        </p>
      }
    >
      <ForgotPasswordForm action={requestPasswordReset} />
    </AccountFrame>
  );
}
