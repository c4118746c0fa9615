import type { Metadata } from "next";
import { AccountFrame } from "@/components/account/account-frame";
import { IncompleteLink } from "@/components/account/incomplete-link";
import { ResetPasswordForm } from "@/components/account/token-forms";
import { resetPassword } from "./actions";

// The address holds a token, so no more than our origin is ever named as where a request came from.
// `no-referrer` would say less still, but then browsers post forms with no origin and Next refuses them.
export const metadata: Metadata = { title: "Choose a new password", referrer: "strict-origin" };

type PageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function ResetPasswordPage({ searchParams }: PageProps) {
  const { token } = await searchParams;
  if (typeof token !== "string" || token === "") {
    return (
      <IncompleteLink action={{ href: "/forgot-password", label: "Get a new link" }}>
        A part of the address is missing. Open the whole link from the message we sent you, or get a
        new one.
      </IncompleteLink>
    );
  }
  return (
    <AccountFrame
      title="Choose a new password"
      description="It signs you out everywhere, so that only the new password opens your account."
    >
      <ResetPasswordForm action={resetPassword} token={token} />
    </AccountFrame>
  );
}
