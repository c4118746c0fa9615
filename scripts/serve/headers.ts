import type { ServeSettings } from "../settings";
import { isElementFrame, isEmbedAsset } from "./addresses";

/** For what runs no scripts: the API, redirects, files and errors. In pages `proxy.ts` replaces it, with a nonce. */
export const apiPolicy = "default-src 'none'; frame-ancestors 'none'";

/** For the build's files: a worker among them takes its own policy from its response. */
const buildFilePolicy = "default-src 'self'; frame-ancestors 'none'";

/** Pages of any origin send beacons here; a blocked response would show in their consoles. */
const reportPath = /^\/api\/v1\/element-reports(\?|$)/;

const baseHeaders = {
  "x-content-type-options": "nosniff",
  // Not `no-referrer`: browsers would post forms with `Origin: null`, which we reject.
  "referrer-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "x-dns-prefetch-control": "off",
  "x-permitted-cross-domain-policies": "none",
  "permissions-policy":
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()",
};

const sameOriginHeaders = {
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

const embedAssetHeaders = {
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "cache-control": "public, max-age=31536000, immutable",
};

// By its ending, Next would serve TypeScript as video.
const declarationHeaders = { "content-type": "text/plain; charset=utf-8" };

/**
 * The headers of every response to a request for `target`, including rejections. Element frames name
 * in their own policy who may frame them.
 */
export function responseHeaders(target: string, settings: ServeSettings): Record<string, string> {
  return {
    ...baseHeaders,
    ...(isEmbedAsset(target) ? embedAssetHeaders : isElementFrame(target) ? {} : sameOriginHeaders),
    ...(/^\/embed\/v\d+\.d\.ts(\?|$)/.test(target) && declarationHeaders),
    ...(reportPath.test(target) && { "cross-origin-resource-policy": "cross-origin" }),
    ...(!isElementFrame(target) && {
      "content-security-policy": target.startsWith("/_next/static/") ? buildFilePolicy : apiPolicy,
    }),
    ...(settings.publicUrl.protocol === "https:" && {
      "strict-transport-security": "max-age=31536000",
    }),
  };
}
