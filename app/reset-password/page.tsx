import type { Metadata } from "next";
import { AccountFrame } from "@/components/account/account-frame";
import { IncompleteLink } from "@/components/account/incomplete-link";
import { PlainLink } from "@/components/account/plain-link";
import { ResetPasswordForm } from "@/components/account/token-forms";
import { resetPassword } from "./actions";

// The address holds a token, so requests name only our origin as their referrer. `no-referrer` would make
// browsers post forms without an origin, which Next rejects.
export const metadata: Metadata = { title: "Choose a new password", referrer: "strict-origin" };

type PageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function ResetPasswordPage({ searchParams }: PageProps) {
  const { token } = await searchParams;
  if (typeof token !== "string" || token === "") {
    return (
      <IncompleteLink action={{ href: "/forgot-password", label: "Request a new link" }}>
        Part of the link is missing. Open the full link from the email we sent you, or request a new
        one.
      </IncompleteLink>
    );
  }
  return (
    <AccountFrame
      title="Choose a new password"
      description="You'll be signed out on all devices."
      footer={
        <p>
          Has the link expired? <PlainLink href="/forgot-password">Request a new one</PlainLink>
        </p>
      }
    >
      <ResetPasswordForm action={resetPassword} token={token} />
    </AccountFrame>
  );
}
