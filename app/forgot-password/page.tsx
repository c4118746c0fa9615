import type { Metadata } from "next";
import { AccountFrame } from "@/components/account/account-frame";
import { ForgotPasswordForm } from "@/components/account/forgot-password-form";
import { requestPasswordReset } from "./actions";

export const metadata: Metadata = { title: "Forgot your password" };

export default function ForgotPasswordPage() {
  return (
    <AccountFrame
      title="Forgot your password?"
      description="We send you a link with which you can choose a new one."
      footer={
        <p>
          <a href="/sign-in" className="link">
            Back to sign in
          </a>
        </p>
      }
    >
      <ForgotPasswordForm action={requestPasswordReset} />
    </AccountFrame>
  );
}
