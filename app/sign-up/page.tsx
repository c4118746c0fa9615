import type { Metadata } from "next";
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
          <a href="/sign-in" className="link">
            Sign in
          </a>
        </p>
      }
    >
      <SignUpForm action={signUp} />
    </AccountFrame>
  );
}
