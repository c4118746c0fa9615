import "server-only";
import { randomUUID } from "node:crypto";
import { cookies, headers } from "next/headers";
import NextAuth, { CredentialsSignin } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { cache } from "react";
import { env } from "../env";
import { InvalidInputError, RateLimitedError } from "../errors";
import { describeError, log } from "../log";
import { openVerifyLinkInput, type SignInInput, signInInput } from "../schemas/account";
import { authenticate } from "../services/accounts/authenticate";
import { createSignUpProof } from "../services/accounts/sign-up-proof";
import { hasSignedUpHere, verifyEmailInSameBrowser } from "../services/accounts/verify-email";
import { maxSessionHours, findLiveSession, type LiveSession } from "../tenancy/session";
import {
  knownBrowserCookieName,
  knownBrowserMaxAgeSeconds,
  sessionCookieName,
  sessionCookieOptions,
  signUpProofCookieName,
  signUpProofMaxAgeSeconds,
} from "./cookie";
import { createSession, endSessionByToken } from "../services/accounts/sessions";

/**
 * next-auth handles sign-in, sign-out and the cookie. Every request reads the user from our session rows
 * instead of next-auth (`docs/decisions/002-sessions.md`); its `auth()` is not used.
 */

const invalidCredentialsMessage = "The email address or password is incorrect.";

class SignInError extends CredentialsSignin {
  constructor(
    override readonly code:
      | "invalid_credentials"
      | "unverified"
      | "unusable_link"
      | `wait-${number}`,
  ) {
    super();
  }
}

/** The network address of the request as `scripts/serve.ts` set it, never as the client claims. */
const clientAddress = (requestHeaders: Headers) =>
  requestHeaders.get("x-forwarded-for") ?? "unknown";

async function startSession(userId: string): Promise<string> {
  // Signing in again in the same browser ends the previous session.
  const previousToken = (await cookies()).get(sessionCookieName())?.value;
  if (previousToken) await endSessionByToken(previousToken);
  const { token } = await createSession(userId, {
    userAgent: (await headers()).get("user-agent"),
  });
  return token;
}

const { handlers, signIn, signOut } = NextAuth(() => ({
  secret: env().AUTH_SECRET,
  trustHost: true,
  basePath: "/api/auth",
  // Not a real JWT: the "token" is the random token of a session row. next-auth has no database sessions for
  // the credentials provider alone.
  session: { strategy: "jwt", maxAge: maxSessionHours * 3600 },
  pages: { signIn: "/sign-in", error: "/sign-in" },
  useSecureCookies: env().PUBLIC_URL.startsWith("https:"),
  cookies: { sessionToken: { name: sessionCookieName(), options: sessionCookieOptions() } },
  providers: [
    Credentials({
      credentials: { email: {}, password: {} },
      async authorize(credentials, request) {
        const input = signInInput.safeParse(credentials);
        if (!input.success) throw new SignInError("invalid_credentials");
        try {
          const store = await cookies();
          const result = await authenticate(
            input.data,
            clientAddress(request.headers),
            store.get(knownBrowserCookieName())?.value,
          );
          if (result.outcome === "signed_in") {
            store.set(knownBrowserCookieName(), result.knownBrowser, {
              ...sessionCookieOptions(),
              maxAge: knownBrowserMaxAgeSeconds,
            });
            return { id: result.userId };
          }
          throw new SignInError(result.outcome);
        } catch (error) {
          if (error instanceof RateLimitedError) {
            throw new SignInError(`wait-${error.retryAfterSeconds}`);
          }
          throw error;
        }
      },
    }),
    Credentials({
      id: "verify-email",
      credentials: { token: {} },
      async authorize(credentials, request) {
        const input = openVerifyLinkInput.safeParse(credentials);
        if (!input.success) throw new SignInError("unusable_link");
        const ctx = { requestId: randomUUID(), clientAddress: clientAddress(request.headers) };
        const proof = await getSignUpProof();
        try {
          const { userId } = await verifyEmailInSameBrowser(ctx, { ...input.data, proof });
          (await cookies()).delete(signUpProofCookieName());
          return { id: userId };
        } catch (error) {
          if (error instanceof InvalidInputError) throw new SignInError("unusable_link");
          if (error instanceof RateLimitedError) {
            throw new SignInError(`wait-${error.retryAfterSeconds}`);
          }
          throw error;
        }
      },
    }),
  ],
  jwt: {
    async encode({ token }) {
      // A decoded session is written back to the same cookie; only a sign-in creates one.
      if (typeof token?.sessionToken === "string") return token.sessionToken;
      if (!token?.sub) throw new Error("A session needs a person.");
      return startSession(token.sub);
    },
    async decode({ token }) {
      const session = await findLiveSession(token);
      return session ? { sub: session.userId, sessionToken: token } : null;
    },
  },
  callbacks: {
    // next-auth's own session route returns nothing.
    session: ({ session }) => ({ expires: session.expires }),
  },
  events: {
    async signOut(message) {
      const sessionToken = "token" in message ? message.token?.sessionToken : undefined;
      if (typeof sessionToken === "string") await endSessionByToken(sessionToken);
    },
  },
  logger: {
    error(error) {
      if (error instanceof CredentialsSignin) return;
      log("error", "sign-in failed", describeError(error));
    },
    warn() {},
    debug() {},
  },
}));

export { handlers };

/**
 * Signs in with email and password and sets the session cookie, for server actions only. An unknown address
 * and a wrong password give the same message.
 */
export const signInWithPassword = (input: SignInInput): Promise<SignInOutcome> =>
  signInWith("credentials", input);

/**
 * Verifies the address and signs in, in the browser that signed up: the password was typed there before. For
 * server actions only.
 */
export const signInWithVerifyLink = (token: string): Promise<SignInOutcome> =>
  signInWith("verify-email", { token });

type SignInOutcome = { ok: true } | { ok: false; message: string; isUnverified?: boolean };

async function signInWith(
  provider: "credentials" | "verify-email",
  input: Record<string, string>,
): Promise<SignInOutcome> {
  try {
    const redirectUrl: unknown = await signIn(provider, { ...input, redirect: false });
    // A configuration error is not thrown but named in the redirect address.
    if (typeof redirectUrl === "string" && redirectUrl.includes("error="))
      throw new Error("Sign-in is broken.");
    return { ok: true };
  } catch (error) {
    if (!(error instanceof CredentialsSignin)) throw error;
    if (error.code === "unverified") {
      return {
        ok: false,
        isUnverified: true,
        message:
          "Your email address is not confirmed yet. We have sent you a new link. The first one works too.",
      };
    }
    if (error.code === "unusable_link") {
      return {
        ok: false,
        message: "This link has been used or has expired. Request a new one.",
      };
    }
    const [, seconds] = /^wait-(\d+)$/.exec(error.code) ?? [];
    return {
      ok: false,
      message: seconds ? new RateLimitedError(Number(seconds)).message : invalidCredentialsMessage,
    };
  }
}

const getSignUpProof = async () => (await cookies()).get(signUpProofCookieName())?.value;

/** Keeps in this browser that the password was typed at sign-up; for server actions only. */
export async function rememberSignUp(input: SignInInput): Promise<void> {
  (await cookies()).set(signUpProofCookieName(), await createSignUpProof(input), {
    ...sessionCookieOptions(),
    maxAge: signUpProofMaxAgeSeconds,
  });
}

/** Whether the link's account was created in this browser. */
export async function isSignUpBrowser(token: string): Promise<boolean> {
  return hasSignedUpHere(token, await getSignUpProof());
}

/** Ends this browser's session on the server and clears its cookie; for server actions only. */
export async function signOutCurrentSession(): Promise<void> {
  await signOut({ redirect: false });
}

/** The raw token of this request's session cookie. */
async function getCurrentSessionToken(): Promise<string | undefined> {
  return (await cookies()).get(sessionCookieName())?.value;
}

/** Who is signed in on this request, read from the session row once. */
export const findCurrentSession = cache(
  async (): Promise<LiveSession | null> => findLiveSession(await getCurrentSessionToken()),
);
