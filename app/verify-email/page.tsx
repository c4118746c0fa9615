import type { Metadata } from "next";
import { AccountFrame } from "@/components/account/account-frame";
import { PlainLink } from "@/components/account/plain-link";
import {
  SendVerificationForm,
  VerifyEmailButton,
  VerifyEmailForm,
} from "@/components/account/token-forms";
import { isSignUpBrowser } from "@/server/auth";
import { sendAgain, verifyEmail, verifyEmailInSameBrowser } from "./actions";

// The address holds a token, so requests name only our origin as their referrer. `no-referrer` would make
// browsers post forms without an origin, which Next rejects.
export const metadata: Metadata = {
  title: "Confirm your email address",
  referrer: "strict-origin",
};

type PageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function VerifyEmailPage({ searchParams }: PageProps) {
  const { token } = await searchParams;
  if (typeof token !== "string" || token === "") {
    return (
      <AccountFrame
        title="Confirm your email address"
        description="Open the full link from the email we sent you, or send the email again."
      >
        <SendVerificationForm action={sendAgain} />
      </AccountFrame>
    );
  }
  const isPasswordKnown = await isSignUpBrowser(token);
  return (
    <AccountFrame
      title="Confirm your email address"
      description={
        <>
          <p>
            {isPasswordKnown
              ? "Select the button to confirm your account."
              : "Enter your password to confirm your account."}
          </p>
          <p className="mt-2">If you did not sign up, close this page.</p>
        </>
      }
      footer={
        <p>
          Has the link expired? <PlainLink href="/verify-email">Send again</PlainLink>
        </p>
      }
    >
      {isPasswordKnown ? (
        <VerifyEmailButton action={verifyEmailInSameBrowser} token={token} />
      ) : (
        <VerifyEmailForm action={verifyEmail} token={token} />
      )}
    </AccountFrame>
  );
}
