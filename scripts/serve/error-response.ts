import { type ServerResponse, STATUS_CODES } from "node:http";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import type { ErrorCode } from "../../server/errors";
import { allowServerOnly } from "./allow-server-only";
import type { Address, ErrorFormat } from "./addresses";
import { apiPolicy } from "./headers";

/** What this server itself can object to, with the codes of both APIs. */
const errors = {
  400: { code: "invalid-request", trpc: "BAD_REQUEST", message: "The request is not valid." },
  403: {
    code: "forbidden",
    trpc: "FORBIDDEN",
    message: "Requests from other sites are not allowed.",
  },
  404: { code: "not-found", trpc: "NOT_FOUND", message: "Not found." },
  405: {
    code: "method-not-allowed",
    trpc: "METHOD_NOT_SUPPORTED",
    message: "This method is not allowed here.",
  },
  413: { code: "content-too-large", trpc: "PAYLOAD_TOO_LARGE", message: "The body is too large." },
  415: {
    code: "unsupported-media-type",
    trpc: "UNSUPPORTED_MEDIA_TYPE",
    message: "This content type is not supported.",
  },
  500: {
    code: "internal-error",
    trpc: "INTERNAL_SERVER_ERROR",
    message: "Something went wrong on our side. Try again in a moment.",
  },
} as const satisfies Record<
  number,
  { code: ErrorCode; trpc: keyof typeof TRPC_ERROR_CODES_BY_KEY; message: string }
>;

export type ErrorStatus = keyof typeof errors;

const pageHtml = (status: ErrorStatus) => `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${STATUS_CODES[status]} – Partner Portal</title>
</head>
<body>
<main>
<h1>${STATUS_CODES[status]}</h1>
<p>${errors[status].message}</p>
<p><a href="/organisations">Go to your organisations</a></p>
</main>
</body>
</html>
`;

const contentTypes: Record<ErrorFormat, string> = {
  page: "text/html; charset=utf-8",
  problem: "application/problem+json",
  trpc: "application/json",
  json: "application/json",
  text: "text/plain; charset=utf-8",
};

export type SendError = (response: ServerResponse, status: ErrorStatus, address: Address) => void;

/** Loads what answers a request that does not reach the portal, each in the format of its address. */
export async function loadErrorResponse(): Promise<SendError> {
  allowServerOnly();
  const { ProblemError, problemResponse } = await import("../../server/v1/problems");

  const bodyOf: Record<ErrorFormat, (status: ErrorStatus, requestId: string) => Promise<string>> = {
    page: async (status) => pageHtml(status),
    problem: (status, requestId) => {
      const { code, message } = errors[status];
      return problemResponse(
        new ProblemError(code, message, { detail: message }),
        requestId,
      ).text();
    },
    trpc: async (status) => {
      const { trpc, message } = errors[status];
      const data = { code: trpc, httpStatus: status };
      return JSON.stringify({ error: { message, code: TRPC_ERROR_CODES_BY_KEY[trpc], data } });
    },
    json: async (status) => JSON.stringify({ error: STATUS_CODES[status] }),
    text: async (status) => `${errors[status].message}\n`,
  };

  return (response, status, { format, methods }) => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(status, {
      "content-type": contentTypes[format],
      "content-security-policy": apiPolicy,
      "cache-control": "no-store",
      connection: "close",
      ...(status === 405 && { allow: methods.join(", ") }),
    });
    void bodyOf[format](status, String(response.getHeader("x-request-id"))).then((body) =>
      response.end(body),
    );
  };
}
