import "server-only";
import { env } from "../env";
import { NotFoundError } from "../errors";
import { elementSources } from "../schemas/element-policy";
import type { Environment } from "../schemas/environments";
import { rowId } from "../schemas/text";
import { elementHosts } from "../services/elements/script-address";
import { findPlacement } from "../tenancy/context";
import { findEnvironment } from "../tenancy/environments";
import { readRequest } from "../trpc/context";
import { logFailure, toTrpcError } from "../trpc/errors";

/**
 * The page on the second origin in which Hero's script runs: for a partner's iframe, and for the portal's
 * own pages. It holds no secret; its parent hands it a session's once it is loaded.
 */

const portalOrigin = () => new URL(env().PUBLIC_URL).origin;

/** Who may frame it, and for which Hero. @throws NotFoundError */
async function findFrame(name: string, requestId: string) {
  const own = findEnvironment(name);
  if (own) return { environment: own, parents: [portalOrigin()], placementId: "" };
  if (!rowId.safeParse(name).success) throw new NotFoundError();
  const { ctx, placement } = await findPlacement(name, requestId);
  return {
    environment: ctx.environment,
    parents: [portalOrigin(), ...placement.origins],
    placementId: name,
  };
}

function policyOf(environment: Environment, parents: readonly string[]): string {
  const portal = portalOrigin();
  const sources = elementSources(elementHosts(environment));
  const list = (...given: string[]) => [...new Set(given)].join(" ");
  return [
    "default-src 'none'",
    `script-src ${list(`${portal}/embed/`, ...sources.script)}`,
    `connect-src ${list(`${portal}/api/v1/`, `${portal}/embed/`, ...sources.connect)}`,
    `img-src ${list(...sources.img)}`,
    `style-src ${list(...sources.style)}`,
    `font-src ${list(...sources.font)}`,
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${list(...parents)}`,
  ].join("; ");
}

const escapes: Record<string, string> = { "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;" };
const escape = (text: string) => text.replace(/[&"<>]/g, (sign) => escapes[sign] ?? sign);

const pageOf = (parents: readonly string[], placementId: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hero element</title>
<style>body { margin: 0 }</style>
<script src="${portalOrigin()}/embed/v1.js" crossorigin defer></script>
<script src="${portalOrigin()}/embed/frame-v1.js" crossorigin defer></script>
</head>
<body data-parents="${escape(JSON.stringify(parents))}" data-placement="${escape(placementId)}"></body>
</html>
`;

const html = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };

/** Answers with the frame of a placement, or of the portal's own pages in an environment. */
export async function answerFrame(request: Request, name: string): Promise<Response> {
  const { requestId } = readRequest(request.headers);
  try {
    // Whatever way led here: never on the portal's own origin.
    if (request.headers.get("host") !== new URL(env().ELEMENTS_ORIGIN).host) {
      throw new NotFoundError();
    }
    const { environment, parents, placementId } = await findFrame(name, requestId);
    return new Response(pageOf(parents, placementId), {
      headers: { ...html, "content-security-policy": policyOf(environment, parents) },
    });
  } catch (error) {
    const mapped = toTrpcError(error);
    logFailure(mapped, "embed.frame", requestId);
    const isAbsent = mapped.code === "NOT_FOUND";
    return new Response(isAbsent ? "There is no such placement." : mapped.message, {
      status: isAbsent ? 404 : 503,
      headers: {
        "content-type": "text/plain; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      },
    });
  }
}
