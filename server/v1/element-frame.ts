import "server-only";
import { env } from "../env";
import { NotFoundError } from "../errors";
import { errorTable } from "../http/error-table";
import { logFailure, toFailure } from "../http/errors";
import { readRequest } from "../http/request-context";
import { elementCspSources } from "../schemas/element-csp";
import type { Environment } from "../schemas/environments";
import { rowId } from "../schemas/text";
import { elementOrigins } from "../services/elements/script-url";
import { resolvePlacementContext } from "../tenancy/placement";
import { findEnvironment } from "../tenancy/environments";

/**
 * The page on the second origin in which Hero's script runs, framed by partners' pages and by the portal.
 * It contains no secret: its parent sends it one after it has loaded.
 */

const portalOrigin = () => new URL(env().PUBLIC_URL).origin;

/** The frame of a placement, or of the portal's own pages in an environment. @throws NotFoundError */
async function getFrame(name: string, requestId: string) {
  const environment = findEnvironment(name);
  if (environment) return { environment, frameAncestors: [portalOrigin()], placementId: "" };
  if (!rowId.safeParse(name).success) throw new NotFoundError();
  const { ctx, placement } = await resolvePlacementContext(name, requestId);
  return {
    environment: ctx.environment,
    frameAncestors: [portalOrigin(), ...placement.origins],
    placementId: name,
  };
}

function contentSecurityPolicy(
  environment: Environment,
  frameAncestors: readonly string[],
): string {
  const portal = portalOrigin();
  const sources = elementCspSources(elementOrigins(environment));
  const list = (...values: string[]) => [...new Set(values)].join(" ");
  return [
    "default-src 'none'",
    `script-src ${list(`${portal}/embed/`, ...sources.script)}`,
    `connect-src ${list(`${portal}/api/v1/`, `${portal}/embed/`, ...sources.connect)}`,
    `img-src ${list(...sources.img)}`,
    `style-src ${list(...sources.style)}`,
    `font-src ${list(...sources.font)}`,
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${list(...frameAncestors)}`,
  ].join("; ");
}

const htmlEscapes: Record<string, string> = {
  "&": "&amp;",
  '"': "&quot;",
  "<": "&lt;",
  ">": "&gt;",
};
const escapeHtml = (text: string) =>
  text.replace(/[&"<>]/g, (character) => htmlEscapes[character] ?? character);

const frameHtml = (frameAncestors: readonly string[], placementId: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hero element</title>
<style>body { margin: 0 }</style>
<script src="${portalOrigin()}/embed/v2.js" crossorigin defer></script>
<script src="${portalOrigin()}/embed/frame-v2.js" crossorigin defer></script>
</head>
<body data-parents="${escapeHtml(JSON.stringify(frameAncestors))}" data-placement="${escapeHtml(placementId)}"></body>
</html>
`;

const htmlHeaders = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };

export async function frameResponse(request: Request, name: string): Promise<Response> {
  const { requestId } = readRequest(request.headers);
  try {
    // Never on the portal's own origin.
    if (request.headers.get("host") !== new URL(env().ELEMENTS_ORIGIN).host) {
      throw new NotFoundError();
    }
    const { environment, frameAncestors, placementId } = await getFrame(name, requestId);
    return new Response(frameHtml(frameAncestors, placementId), {
      headers: {
        ...htmlHeaders,
        "content-security-policy": contentSecurityPolicy(environment, frameAncestors),
      },
    });
  } catch (error) {
    logFailure(error, "embed.frame", requestId);
    const { code, message } = toFailure(error);
    return new Response(code === "not-found" ? "Placement not found." : message, {
      status: errorTable[code].status,
      headers: {
        "content-type": "text/plain; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      },
    });
  }
}
