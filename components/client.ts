import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import type { Environment } from "@/server/schemas/environments";
import type { PortalRouter } from "@/server/trpc/router";

/** The browser's way to write within one tenant and environment, which stand in the address itself. */
export function portalClient(tenant: string, environment: Environment) {
  const url = `/api/trpc/${encodeURIComponent(tenant)}/${environment}`;
  return createTRPCClient<PortalRouter>({ links: [httpLink({ url })] });
}

/** What a refused or failed call says, in the shape forms and failing states show it. */
export type CallFailure = {
  /** A sentence for people. */
  message: string;
  code: string | null;
  /** Sentences by input field; empty unless the input was refused. */
  fieldErrors: Record<string, string>;
  /** What to quote when asking for help. */
  requestId: string | null;
  /** Set when Hero was at fault or refused. */
  hero: { code: string; status: number | null; requestId: string | null } | null;
  /** False when no answer came, so that the act may or may not have happened. */
  hasResponse: boolean;
};

type FailureData = {
  code?: string;
  fieldErrors?: Record<string, string>;
  requestId?: string;
  hero?: CallFailure["hero"];
};

/** Reads the error of a call made with `portalClient`. */
export function toCallFailure(error: unknown): CallFailure {
  // The shape is our own error mapper's; without it the answer did not come from the portal.
  const data = error instanceof TRPCClientError ? (error.data as FailureData | null) : null;
  if (!data?.code || !(error instanceof Error)) {
    return {
      message: "The portal did not answer. Check your connection and try again.",
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
