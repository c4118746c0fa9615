import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { AccountFrame } from "@/components/account/account-frame";
import { SignInForm } from "@/components/account/sign-in-form";
import { Notice } from "@/components/ui/notice";
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
            <Link href="/forgot-password" className="link">
              Forgot your password?
            </Link>
          </p>
          <p className="mt-2">
            New here?{" "}
            <Link href="/sign-up" className="link">
              Create an account
            </Link>
          </p>
        </>
      }
    >
      {password === "changed" ? (
        <div className="mb-5">
          <Notice tone="success" title="Your password is changed" role="status">
            Sign in with the new one.
          </Notice>
        </div>
      ) : null}
      <SignInForm action={signIn} next={target} />
    </AccountFrame>
  );
}
