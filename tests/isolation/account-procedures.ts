import { randomUUID } from "node:crypto";
import type { AccountEntry } from "./procedure-entry";

const createToken = () => "t".repeat(43);
const validPassword = "twelve characters at least";
const createEmail = () => `person-${randomUUID().slice(0, 8)}@example.com`;
// Any text may be a password attempt; a new password may be any long enough text.
const newPasswordAccepts = ["control characters"] as const;
const passwordAccepts = [
  "blank",
  "control characters",
  "right-to-left override",
  "emoji",
  "half an emoji",
] as const;

/** Every procedure outside a tenant. */
export const accountProcedures: Record<string, AccountEntry> = {
  signUp: {
    kind: "mutation",
    access: "anybody",
    input: () => ({ name: "Pat Person", email: createEmail(), password: validPassword }),
    accepts: { name: ["emoji"], password: newPasswordAccepts },
  },
  verifyEmail: {
    kind: "mutation",
    access: "anybody",
    input: () => ({ token: createToken(), password: validPassword }),
    accepts: { password: passwordAccepts },
  },
  sendVerificationAgain: {
    kind: "mutation",
    access: "anybody",
    input: () => ({ email: createEmail() }),
  },
  requestPasswordReset: {
    kind: "mutation",
    access: "anybody",
    input: () => ({ email: createEmail() }),
  },
  resetPassword: {
    kind: "mutation",
    access: "anybody",
    input: () => ({ token: createToken(), password: validPassword }),
    accepts: { password: newPasswordAccepts },
  },
  me: { kind: "query", access: "signed in" },
  createOrganisation: {
    kind: "mutation",
    access: "signed in",
    input: () => ({ name: "Acme Health", slug: `acme-${randomUUID().slice(0, 8)}` }),
    accepts: { name: ["emoji"] },
  },
  sessions: { kind: "query", access: "signed in" },
  endSession: {
    kind: "mutation",
    access: "signed in",
    input: () => ({ sessionId: randomUUID() }),
    ids: { sessionId: "refused" },
  },
  endOtherSessions: { kind: "mutation", access: "signed in" },
};
