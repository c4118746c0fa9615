import type { Metadata } from "next";
import { AccountFrame } from "@/components/account/account-frame";
import { PlainLink } from "@/components/account/plain-link";
import { SignUpForm } from "@/components/account/sign-up-form";
import { sendAgain } from "../verify-email/actions";
import { signUp } from "./actions";

export const metadata: Metadata = { title: "Create an account" };

export default function SignUpPage() {
  return (
    <AccountFrame
      title="Create an account"
      footer={
        <p>
          Already have an account? <PlainLink href="/sign-in">Sign in</PlainLink>
        </p>
      }
    >
      <SignUpForm action={signUp} sendAgain={sendAgain} />
    </AccountFrame>
  );
}
