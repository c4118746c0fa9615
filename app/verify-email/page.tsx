import type { Metadata } from "next";
import { AccountFrame } from "@/components/account/account-frame";
import { IncompleteLink } from "@/components/account/incomplete-link";
import { VerifyEmailForm } from "@/components/account/token-forms";
import { verifyEmail } from "./actions";

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
      <IncompleteLink action={{ href: "/sign-up", label: "Sign up again" }}>
        Part of the link is missing. Open the full link from the email we sent you, or sign up again
        to get a new one.
      </IncompleteLink>
    );
  }
  return (
    <AccountFrame
      title="Confirm your email address"
      description={
        <>
          <p>Enter your password to confirm your account.</p>
          <p className="mt-2">If you did not sign up, close this page.</p>
        </>
      }
    >
      <VerifyEmailForm action={verifyEmail} token={token} />
    </AccountFrame>
  );
}
