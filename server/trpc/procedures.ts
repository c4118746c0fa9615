import "server-only";
import { initTRPC, type TRPCError } from "@trpc/server";
import { UnauthenticatedError } from "../errors";
import type { AccountContext } from "../services/accounts/events";
import type { AccountRequestContext, PortalContext, RequestContext } from "./context";
import { errorDetailsOf, logFailure, toTrpcError } from "./errors";

function errorFormatter({
  shape,
  error,
  ctx,
}: {
  shape: { code: number; data: { code: string; httpStatus: number } };
  error: TRPCError;
  ctx: RequestContext | undefined;
}) {
  const { code, httpStatus } = shape.data;
  // A reference where there is something to look up; a refusal reads the same for everybody.
  const requestId = httpStatus >= 500 ? (ctx?.requestId ?? null) : null;
  return {
    message: error.message,
    code: shape.code,
    data: { code, httpStatus, requestId, ...errorDetailsOf(error) },
  };
}

const portal = initTRPC.context<PortalContext>().create({ errorFormatter });
const account = initTRPC.context<AccountRequestContext>().create({ errorFormatter });

/** A procedure inside `/{tenant}/{environment}`; the gate has been passed when it starts. */
export const portalProcedure = portal.procedure.use(async ({ next, path, ctx }) => {
  const result = await next();
  if (result.ok) return result;
  const error = toTrpcError(result.error);
  logFailure(error, path, ctx.requestId);
  throw error;
});

export const createPortalRouter = portal.router;
export const createPortalCallerFactory = portal.createCallerFactory;

/** A procedure outside any tenant, for anybody. */
export const publicProcedure = account.procedure.use(async ({ next, path, ctx }) => {
  const result = await next();
  if (result.ok) return result;
  const error = toTrpcError(result.error);
  logFailure(error, path, ctx.requestId);
  throw error;
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
