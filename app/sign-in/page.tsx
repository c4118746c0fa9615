import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AccountFrame } from "@/components/account/account-frame";
import { SignInForm } from "@/components/account/sign-in-form";
import { findCurrentSession } from "@/server/auth";
import { safeNext } from "@/server/schemas/next-path";
import { signIn } from "./actions";

export const metadata: Metadata = { title: "Sign in" };

type SearchParams = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SignInPage({ searchParams }: SearchParams) {
  const { next, password } = await searchParams;
  const target = safeNext(next);
  if (await findCurrentSession()) redirect(target);
  return (
    <AccountFrame
      title="Sign in"
      footer={
        <>
          <p>
            <a href="/forgot-password" className="link">
              Forgot your password?
            </a>
          </p>
          <p className="mt-2">
            New here?{" "}
            <a href="/sign-up" className="link">
              Create an account
            </a>
          </p>
        </>
      }
    >
      {password === "changed" ? (
        <p
          role="status"
          className="mb-5 rounded-lg border border-live-line bg-live-soft p-4 font-medium text-live"
        >
          Your password is changed. Sign in with the new one.
        </p>
      ) : null}
      <SignInForm action={signIn} next={target} />
    </AccountFrame>
  );
}
