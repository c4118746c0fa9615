import type { Metadata } from "next";
import { AccountFrame } from "@/components/account/account-frame";
import { IncompleteLink } from "@/components/account/incomplete-link";
import { VerifyEmailForm } from "@/components/account/token-forms";
import { verifyEmail } from "./actions";

// The address holds a token, so no more than our origin is ever named as where a request came from.
// `no-referrer` would say less still, but then browsers post forms with no origin and Next refuses them.
export const metadata: Metadata = {
  title: "Verify your e-mail address",
  referrer: "strict-origin",
};

type PageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function VerifyEmailPage({ searchParams }: PageProps) {
  const { token } = await searchParams;
  if (typeof token !== "string" || token === "") {
    return (
      <IncompleteLink action={{ href: "/sign-up", label: "Sign up again" }}>
        A part of the address is missing. Open the whole link from the message we sent you, or sign
        up again to get a new one.
      </IncompleteLink>
    );
  }
  return (
    <AccountFrame
      title="Verify your e-mail address"
      description={
        <>
          <p>Enter the password you chose when you signed up, and your account is ready.</p>
          <p className="mt-2">If you did not sign up, close this page: nothing happens.</p>
        </>
      }
    >
      <VerifyEmailForm action={verifyEmail} token={token} />
    </AccountFrame>
  );
}
