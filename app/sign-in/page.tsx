import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AccountFrame } from "@/components/account/account-frame";
import { PlainLink } from "@/components/account/plain-link";
import { SignInForm } from "@/components/account/sign-in-form";
import { findCurrentSession } from "@/server/auth";
import { safeNextPath } from "@/server/schemas/next-path";
import { sendAgain } from "../verify-email/actions";
import { signIn } from "./actions";

export const metadata: Metadata = { title: "Sign in" };

type PageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SignInPage({ searchParams }: PageProps) {
  const { next, password } = await searchParams;
  const target = safeNextPath(next);
  if (await findCurrentSession()) redirect(target);
  return (
    <AccountFrame
      title="Sign in"
      footer={
        <>
          <p>
            <PlainLink href="/forgot-password">Forgot your password?</PlainLink>
          </p>
          <p className="mt-2">
            New here? <PlainLink href="/sign-up">Create an account</PlainLink>
          </p>
        </>
      }
    >
      {password === "changed" ? (
        <p
          role="status"
          className="mb-5 rounded-lg border border-live-line bg-live-soft p-4 font-medium text-live"
        >
          Your password has been changed. Sign in with your new password.
        </p>
      ) : null}
      <SignInForm action={signIn} sendAgain={sendAgain} next={target} />
    </AccountFrame>
  );
}
