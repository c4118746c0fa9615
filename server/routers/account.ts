import "server-only";
import { z } from "zod";
import {
  endSessionInput,
  requestPasswordResetInput,
  resetPasswordInput,
  sessionView,
  sendVerificationAgainInput,
  signUpInput,
  verifyEmailInput,
} from "../schemas/account";
import { createOrganisationInput, myAccountView, organisationView } from "../schemas/organisations";
import {
  endMyOtherSessions,
  endMySession,
  getMyAccount,
  listMySessions,
} from "../services/accounts/me";
import { requestPasswordReset, resetPassword } from "../services/accounts/reset-password";
import { signUp } from "../services/accounts/sign-up";
import { sendVerificationAgain, verifyEmail } from "../services/accounts/verify-email";
import { createOrganisation } from "../services/organisations";
import { accountProcedure, createAccountRouter, publicProcedure } from "../trpc/procedures";

const emailOutput = z.object({ email: z.string() });

/** The procedures without a tenant. */
export const accountRouter = createAccountRouter({
  signUp: publicProcedure
    .input(signUpInput)
    .output(emailOutput)
    .mutation(({ ctx, input }) => signUp(ctx, input)),
  verifyEmail: publicProcedure
    .input(verifyEmailInput)
    .output(emailOutput)
    .mutation(({ ctx, input }) => verifyEmail(ctx, input)),
  sendVerificationAgain: publicProcedure
    .input(sendVerificationAgainInput)
    .output(emailOutput)
    .mutation(({ ctx, input }) => sendVerificationAgain(ctx, input)),
  requestPasswordReset: publicProcedure
    .input(requestPasswordResetInput)
    .output(emailOutput)
    .mutation(({ ctx, input }) => requestPasswordReset(ctx, input)),
  resetPassword: publicProcedure
    .input(resetPasswordInput)
    .output(emailOutput)
    .mutation(({ ctx, input }) => resetPassword(ctx, input)),
  me: accountProcedure.output(myAccountView).query(({ ctx }) => getMyAccount(ctx.person)),
  createOrganisation: accountProcedure
    .input(createOrganisationInput)
    .output(organisationView)
    .mutation(({ ctx, input }) => createOrganisation(ctx.person, input)),
  sessions: accountProcedure
    .output(z.array(sessionView))
    .query(({ ctx }) => listMySessions(ctx.person)),
  endSession: accountProcedure
    .input(endSessionInput)
    .output(z.null())
    .mutation(({ ctx, input }) => endMySession(ctx.person, input)),
  endOtherSessions: accountProcedure
    .output(z.null())
    .mutation(({ ctx }) => endMyOtherSessions(ctx.person)),
});
