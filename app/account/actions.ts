"use server";

import { TRPCError } from "@trpc/server";
import { revalidatePath } from "next/cache";
import { redirect, unstable_rethrow } from "next/navigation";
import type { SessionActionState } from "@/components/account/session-list";
import { signOutCurrentSession } from "@/server/auth";
import { requireAccountPage } from "@/server/portal/page-caller";

export async function signOut(): Promise<void> {
  await signOutCurrentSession();
  redirect("/sign-in");
}

/** Ends the session named in the form, or every other session when it names none. */
export async function endSessions(
  _previousState: SessionActionState,
  form: FormData,
): Promise<SessionActionState> {
  const { account } = await requireAccountPage();
  // A call without a form must not sign every other session out.
  if (!(form instanceof FormData)) return { message: "Select a session.", isSuccess: false };
  const sessionId = form.get("sessionId");
  try {
    if (typeof sessionId === "string") await account.endSession({ sessionId });
    else await account.endOtherSessions();
  } catch (error) {
    unstable_rethrow(error);
    if (!(error instanceof TRPCError) || error.code === "INTERNAL_SERVER_ERROR") throw error;
    revalidatePath("/account");
    return { message: "That session has already ended.", isSuccess: true };
  }
  revalidatePath("/account");
  return {
    message:
      typeof sessionId === "string" ? "Session signed out." : "All other sessions signed out.",
    isSuccess: true,
  };
}
