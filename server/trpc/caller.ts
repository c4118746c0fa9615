import "server-only";
import { TRPCError } from "@trpc/server";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { env } from "../env";
import { NotFoundError, UnauthenticatedError } from "../errors";
import { heroBaseUrl } from "../hero/request";
import { scriptHost } from "../services/elements/script-address";
import { listOrganisations } from "../services/accounts/me";
import { idleMinutes } from "../tenancy/context";
import { listEnvironments } from "../tenancy/environments";
import { listPermissions } from "../tenancy/permissions";
import { openAccountCall, openPortalCall, readRequest } from "./context";
import { createAccountCaller, createPortalCaller } from "./procedures";
import { accountRouter, appRouter } from "./router";

/** How pages and server actions reach the routers: in process, through the same gate as the browser. */

const callPortal = createPortalCaller(appRouter);
const callAccount = createAccountCaller(accountRouter);

const currentRequest = cache(async () => readRequest(await headers()));

const openCall = cache(async (tenant: string, environment: string) => {
  try {
    return await openPortalCall(await currentRequest(), { tenant, environment });
  } catch (error) {
    if (error instanceof UnauthenticatedError) {
      const wanted = (await headers()).get("x-portal-path") ?? `/${tenant}/${environment}`;
      redirect(`/sign-in?next=${encodeURIComponent(wanted)}`);
    }
    if (error instanceof NotFoundError) notFound();
    throw error;
  }
});

const loadOrganisations = cache(listOrganisations);

/**
 * The gate of every page under `/{tenant}/{environment}`: sends who is not signed in to sign in, shows
 * strangers what an absent page shows, and gives the caller and what the frame of the page says.
 */
export async function openPortal(params: Promise<{ tenant: string; environment: string }>) {
  const { tenant, environment } = await params;
  const call = await openCall(tenant, environment);
  const { ctx, session, tenantName, role } = call;
  return {
    portal: callPortal(call),
    scope: {
      tenant: { slug: tenant, name: tenantName },
      environment: ctx.environment,
      environments: listEnvironments(),
      user: { name: session.name, email: session.email },
      role,
      can: listPermissions(role),
      /** Where Hero and the portal itself answer, for commands that people copy. */
      addresses: {
        hero: heroBaseUrl(ctx.environment),
        portal: env().PUBLIC_URL.replace(/\/+$/, ""),
        /** The second origin, and where Hero's scripts come from. */
        elements: env().ELEMENTS_ORIGIN,
        scripts: scriptHost(ctx.environment),
      },
      organisations: await loadOrganisations(session.userId),
      // This request has put the idle limit off; the page warns before whichever comes first.
      sessionExpiresAt: new Date(
        Math.min(session.endsAt.getTime(), Date.now() + idleMinutes * 60_000),
      ).toISOString(),
    },
  };
}

export type Portal = Awaited<ReturnType<typeof openPortal>>["portal"];
export type PortalScope = Awaited<ReturnType<typeof openPortal>>["scope"];

/** For pages of a signed-in person outside any tenant; others are sent to sign in. */
export async function openAccount() {
  const call = await openAccountCall(await currentRequest());
  if (!call.session) redirect("/sign-in");
  const { name, email } = call.session;
  return { account: callAccount(call), user: { name, email } };
}

/** For sign-up, verification and reset: nobody has to be signed in. */
export async function publicAccount() {
  return callAccount({ ...(await currentRequest()), session: null });
}

/**
 * For a part of a page that can do without what it loads: the result, or the sentence that says why there
 * is none, to be shown in its place. A fault of ours has no such sentence and goes on to the error page.
 * @throws TRPCError `INTERNAL_SERVER_ERROR`, and whatever is no answer of a procedure
 */
export async function orReason<Result>(
  loading: Promise<Result>,
): Promise<{ result: Result; reason: null } | { result: null; reason: string }> {
  try {
    return { result: await loading, reason: null };
  } catch (error) {
    if (!(error instanceof TRPCError) || error.code === "INTERNAL_SERVER_ERROR") throw error;
    return { result: null, reason: error.message };
  }
}

/** Turns "not found" into the page of that name. */
export async function orNotFound<Result>(loading: Promise<Result>): Promise<Result> {
  try {
    return await loading;
  } catch (error) {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
    throw error;
  }
}
