import type { ServeSettings } from "../settings";
import { isEmbedAsset, isElementFrame } from "./requests";

/** Pages have a policy of their own, with a nonce, from `proxy.ts`. The API shows nothing to anybody. */
export const apiPolicy = "default-src 'none'; frame-ancestors 'none'";

/** What pages of any origin send a beacon to: an answer kept from them would stand in their consoles. */
const reportPath = /^\/api\/v1\/element-reports(\?|$)/;

const baseHeaders = {
  "x-content-type-options": "nosniff",
  // Not `no-referrer`: with that a browser posts forms with `Origin: null`, and they are refused.
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

/**
 * The headers of every answer to a request for `target`, those of refusals included. Frames of elements
 * say themselves, in their policy, who may frame them.
 */
export function responseHeaders(target: string, settings: ServeSettings): Record<string, string> {
  return {
    ...baseHeaders,
    ...(isEmbedAsset(target) ? embedAssetHeaders : isElementFrame(target) ? {} : sameOriginHeaders),
    ...(reportPath.test(target) && { "cross-origin-resource-policy": "cross-origin" }),
    ...(target.startsWith("/api/") && { "content-security-policy": apiPolicy }),
    ...(settings.publicUrl.protocol === "https:" && {
      "strict-transport-security": "max-age=31536000",
    }),
  };
}
