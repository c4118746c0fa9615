import "server-only";
import { createHash } from "node:crypto";
import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { env, heroBaseUrl, heroScriptOrigin } from "../env";
import { NotFoundError, UnauthenticatedError } from "../errors";
import { accountRouter, appRouter } from "../routers/root";
import { idleTimeoutMinutes } from "../tenancy/session";
import { listEnvironments } from "../tenancy/environments";
import { listPermissions } from "../schemas/permissions";
import { createAccountContext, createPortalContext, readBrowserRequest } from "../trpc/context";
import { createAccountCallerFactory, createPortalCallerFactory } from "../trpc/procedures";

/** How pages and server actions call the routers: in process, with the same checks as the browser. */

const createPortalCaller = createPortalCallerFactory(appRouter);
const createAccountCaller = createAccountCallerFactory(accountRouter);

const getBrowserRequest = cache(async () => readBrowserRequest(await headers()));

const requirePortalContext = cache(async (tenant: string, environment: string) => {
  try {
    return await createPortalContext(await getBrowserRequest(), { tenant, environment });
  } catch (error) {
    if (error instanceof UnauthenticatedError) {
      const requestedPath = (await headers()).get("x-portal-path") ?? `/${tenant}/${environment}`;
      redirect(`/sign-in?next=${encodeURIComponent(requestedPath)}`);
    }
    if (error instanceof NotFoundError) notFound();
    throw error;
  }
});

/**
 * The access check of every page under `/{tenant}/{environment}`. Redirects to sign-in without a session,
 * and shows non-members the not-found page. Returns the caller and what the page's frame shows.
 */
export async function requirePortalPage(params: Promise<{ tenant: string; environment: string }>) {
  const { tenant, environment } = await params;
  return requirePage(tenant, environment);
}

const requirePage = cache(async (tenant: string, environment: string) => {
  const context = await requirePortalContext(tenant, environment);
  const { tenant: ctx, session, tenantName, role, livePosition } = context;
  return {
    portal: createPortalCaller(context),
    scope: {
      tenant: { slug: tenant, name: tenantName },
      environment: ctx.environment,
      environments: listEnvironments(),
      user: { name: session.name, email: session.email },
      role,
      permissions: listPermissions(role),
      /** For the commands that people copy. */
      urls: {
        hero: heroBaseUrl(ctx.environment),
        portal: env().PUBLIC_URL.replace(/\/+$/, ""),
        /** The second origin, and the origin of Hero's scripts. */
        elements: env().ELEMENTS_ORIGIN,
        scripts: heroScriptOrigin(ctx.environment),
      },
      // This request restarted the idle timeout; the page warns before whichever comes first.
      sessionExpiresAt: new Date(
        Math.min(session.endsAt.getTime(), Date.now() + idleTimeoutMinutes * 60_000),
      ).toISOString(),
      // The browser's clock may be wrong.
      serverTime: new Date().toISOString(),
      /** Tells the sessions of a browser apart. Nothing can be opened with it. */
      sessionKey: createHash("sha256").update(session.id).digest("base64url").slice(0, 16),
      /** Every change up to here is in what the page reads. */
      livePosition,
    },
  };
});

/** The practices of the header and of a page's filters, loaded once per request. */
export const listPracticeOptions = cache((portal: Portal) => portal.practices.options());

export type Portal = Awaited<ReturnType<typeof requirePortalPage>>["portal"];

/** What a page and its title are about, loaded once per request. */
export const loadLink = cache((portal: Portal, linkId: string) => portal.links.get({ linkId }));
export const loadBulkUpload = cache((portal: Portal, bulkUploadId: string) =>
  portal.bulkUploads.get({ bulkUploadId }),
);
export const loadPractice = cache((portal: Portal, practiceId: string) =>
  portal.practices.get({ practiceId }),
);
export const loadPlacement = cache((portal: Portal, placementId: string) =>
  portal.placements.get({ placementId }),
);
export const loadAppointment = cache((portal: Portal, appointmentId: string) =>
  portal.appointments.get({ appointmentId }),
);
export const loadMessage = cache((portal: Portal, messageId: string) =>
  portal.messages.get({ messageId }),
);
export const loadMessageBatch = cache((portal: Portal, batchId: string) =>
  portal.messageBatches.get({ batchId }),
);
export const loadDestination = cache((portal: Portal, destinationId: string) =>
  portal.destinations.get({ destinationId }),
);
export const loadEvent = cache((portal: Portal, eventId: string) => portal.events.get({ eventId }));

/** A title from what the page shows; the layout adds the organisation and the environment. */
export async function titleOf<Subject>(
  subject: Promise<Subject>,
  toTitle: (subject: Subject) => string,
): Promise<Metadata> {
  try {
    return { title: toTitle(await subject) };
  } catch (error) {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") return { title: "Not found" };
    throw error;
  }
}

/** For pages outside any tenant. Redirects to sign-in without a session. */
export async function requireAccountPage() {
  const context = await createAccountContext(await getBrowserRequest());
  if (!context.session) redirect("/sign-in");
  const { name, email } = context.session;
  return { account: createAccountCaller(context), user: { name, email } };
}

/** For sign-up, verification and password reset, which need no session. */
export async function createPublicAccountCaller() {
  return createAccountCaller({ ...(await getBrowserRequest()), session: null });
}

/**
 * For an optional part of a page: the result, or the message to show in its place.
 * @throws TRPCError `INTERNAL_SERVER_ERROR`, which the error page shows
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

/** Shows the not-found page for `NOT_FOUND`. */
export async function orNotFoundPage<Result>(promise: Promise<Result>): Promise<Result> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
    throw error;
  }
}
