import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import type { Environment } from "@/server/schemas/environments";
import type { PortalRouter } from "@/server/routers/root";

/** The browser's client for one tenant and environment, which are part of the URL. */
export function portalClient(tenant: string, environment: Environment) {
  const url = `/api/trpc/${encodeURIComponent(tenant)}/${environment}`;
  return createTRPCClient<PortalRouter>({ links: [httpLink({ url })] });
}

/** A failed call, in the shape that forms and error states show. */
export type CallFailure = {
  /** A sentence for the user. */
  message: string;
  code: string | null;
  /** Messages by input field; empty unless the input was invalid. */
  fieldErrors: Record<string, string>;
  /** What to quote when asking for help. */
  requestId: string | null;
  /** Set when Hero failed or rejected the request. */
  hero: { code: string; status: number | null; requestId: string | null } | null;
  /** False without a response, when the action may or may not have happened. */
  hasResponse: boolean;
};

type FailureData = {
  code?: string;
  fieldErrors?: Record<string, string>;
  requestId?: string;
  hero?: CallFailure["hero"];
};

/** Describes the error of a call made with `portalClient`. */
export function toCallFailure(error: unknown): CallFailure {
  // Without the data of our error formatter, the response did not come from the portal.
  const data = error instanceof TRPCClientError ? (error.data as FailureData | null) : null;
  if (!data?.code || !(error instanceof Error)) {
    return {
      message: "The portal did not respond. Check your connection and try again.",
      code: null,
      fieldErrors: {},
      requestId: null,
      hero: null,
      hasResponse: false,
    };
  }
  return {
    message: error.message,
    code: data.code,
    fieldErrors: data.fieldErrors ?? {},
    requestId: data.requestId ?? null,
    hero: data.hero ?? null,
    hasResponse: true,
  };
}
