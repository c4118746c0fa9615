import "server-only";
import { TRPCError } from "@trpc/server";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { env } from "../env";
import { NotFoundError, UnauthenticatedError } from "../errors";
import { heroBaseUrl } from "../hero/request";
import { scriptOrigin } from "../services/elements/script-url";
import { listOrganisations } from "../services/accounts/me";
import { idleTimeoutMinutes } from "../tenancy/context";
import { listEnvironments } from "../tenancy/environments";
import { listPermissions } from "../tenancy/permissions";
import { createAccountContext, createPortalContext, createRequestContext } from "./context";
import { createAccountCallerFactory, createPortalCallerFactory } from "./procedures";
import { accountRouter, appRouter } from "./router";

/** How pages and server actions reach the routers: in process, through the same gate as the browser. */

const createPortalCaller = createPortalCallerFactory(appRouter);
const createAccountCaller = createAccountCallerFactory(accountRouter);

const getRequestContext = cache(async () => createRequestContext(await headers()));

const requirePortalContext = cache(async (tenant: string, environment: string) => {
  try {
    return await createPortalContext(await getRequestContext(), { tenant, environment });
  } catch (error) {
    if (error instanceof UnauthenticatedError) {
      const requestedPath = (await headers()).get("x-portal-path") ?? `/${tenant}/${environment}`;
      redirect(`/sign-in?next=${encodeURIComponent(requestedPath)}`);
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
export async function requirePortalPage(params: Promise<{ tenant: string; environment: string }>) {
  const { tenant, environment } = await params;
  const context = await requirePortalContext(tenant, environment);
  const { tenant: ctx, session, tenantName, role } = context;
  return {
    portal: createPortalCaller(context),
    scope: {
      tenant: { slug: tenant, name: tenantName },
      environment: ctx.environment,
      environments: listEnvironments(),
      user: { name: session.name, email: session.email },
      role,
      permissions: listPermissions(role),
      /** Where Hero and the portal itself answer, for commands that people copy. */
      urls: {
        hero: heroBaseUrl(ctx.environment),
        portal: env().PUBLIC_URL.replace(/\/+$/, ""),
        /** The second origin, and where Hero's scripts come from. */
        elements: env().ELEMENTS_ORIGIN,
        scripts: scriptOrigin(ctx.environment),
      },
      organisations: await loadOrganisations(session.userId),
      // This request has put the idle limit off; the page warns before whichever comes first.
      sessionExpiresAt: new Date(
        Math.min(session.endsAt.getTime(), Date.now() + idleTimeoutMinutes * 60_000),
      ).toISOString(),
    },
  };
}

export type Portal = Awaited<ReturnType<typeof requirePortalPage>>["portal"];
export type PageScope = Awaited<ReturnType<typeof requirePortalPage>>["scope"];

/** For pages of a signed-in person outside any tenant; others are sent to sign in. */
export async function requireAccountPage() {
  const context = await createAccountContext(await getRequestContext());
  if (!context.session) redirect("/sign-in");
  const { name, email } = context.session;
  return { account: createAccountCaller(context), user: { name, email } };
}

/** For sign-up, verification and reset: nobody has to be signed in. */
export async function createPublicAccountCaller() {
  return createAccountCaller({ ...(await getRequestContext()), session: null });
}

/**
 * For a part of a page that can do without what it loads: the result, or the sentence that says why there
 * is none, to be shown in its place. A fault of ours has no such sentence and goes on to the error page.
 * @throws TRPCError `INTERNAL_SERVER_ERROR`, and whatever is no answer of a procedure
 */
export async function resultOrMessage<Result>(
  promise: Promise<Result>,
): Promise<{ result: Result; message: null } | { result: null; message: string }> {
  try {
    return { result: await promise, message: null };
  } catch (error) {
    if (!(error instanceof TRPCError) || error.code === "INTERNAL_SERVER_ERROR") throw error;
    return { result: null, message: error.message };
  }
}

/** Turns "not found" into the page of that name. */
export async function orNotFoundPage<Result>(promise: Promise<Result>): Promise<Result> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
    throw error;
  }
}
