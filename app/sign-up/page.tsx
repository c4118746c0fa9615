import type { Metadata } from "next";
import Link from "next/link";
import { AccountFrame } from "@/components/account/account-frame";
import { SignUpForm } from "@/components/account/sign-up-form";
import { signUp } from "./actions";

export const metadata: Metadata = { title: "Create an account" };

export default function SignUpPage() {
  return (
    <AccountFrame
      title="Create an account"
      footer={
        <p>
          Already have one?{" "}
          <Link href="/sign-in" className="link">
            Sign in
          </Link>
        </p>
      }
    >
      <SignUpForm action={signUp} />
    </AccountFrame>
  );
}
