import "server-only";
import { initTRPC, type TRPCError } from "@trpc/server";
import { UnauthenticatedError } from "../errors";
import { livePingMs } from "../schemas/live";
import type { Permission } from "../schemas/permissions";
import type { AccountContext } from "../services/accounts/events";
import { requirePermission } from "../tenancy/permissions";
import type { AccountRequestContext, BrowserRequest, PortalContext } from "./context";
import { errorDetailsOf, toLoggedTrpcError } from "./errors";

function errorFormatter({
  shape,
  error,
  ctx,
}: {
  shape: { code: number; data: { code: string; httpStatus: number } };
  error: TRPCError;
  ctx: BrowserRequest | undefined;
}) {
  const { code, httpStatus } = shape.data;
  // Only for our own faults, which can be looked up in the log.
  const requestId = httpStatus >= 500 ? (ctx?.requestId ?? null) : null;
  return {
    message: error.message,
    code: shape.code,
    data: { code, httpStatus, requestId, ...errorDetailsOf(error) },
  };
}

const portal = initTRPC.context<PortalContext>().create({
  errorFormatter,
  sse: { ping: { enabled: true, intervalMs: livePingMs } },
});
const account = initTRPC.context<AccountRequestContext>().create({ errorFormatter });

/** A procedure inside `/{tenant}/{environment}`. The caller is a member of the tenant. */
export const portalProcedure = portal.procedure.use(async ({ next, path, ctx, type }) => {
  const result = await next();
  if (result.ok && type === "subscription") ctx.onStream?.();
  if (result.ok) return result;
  throw toLoggedTrpcError(result.error, path, ctx.requestId);
});

/** A procedure for members with a permission, which is checked before the input is read. */
export const procedureFor = (permission: Permission) =>
  portalProcedure.use(({ ctx, next }) => {
    requirePermission(ctx.tenant, permission);
    return next();
  });

export const createPortalRouter = portal.router;
export const createPortalCallerFactory = portal.createCallerFactory;

/** A procedure outside any tenant, with or without a session. */
export const publicProcedure = account.procedure.use(async ({ next, path, ctx }) => {
  const result = await next();
  if (result.ok) return result;
  throw toLoggedTrpcError(result.error, path, ctx.requestId);
});

/** A procedure outside any tenant, for a signed-in person. */
export const accountProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.session) throw new UnauthenticatedError();
  const { id, userId, name, email } = ctx.session;
  const person: AccountContext = {
    requestId: ctx.requestId,
    clientAddress: ctx.clientAddress,
    sessionId: id,
    userId,
    name,
    email,
  };
  return next({ ctx: { person } });
});

export const createAccountRouter = account.router;
export const createAccountCallerFactory = account.createCallerFactory;
