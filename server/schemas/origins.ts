import { z } from "./zod";

/**
 * Origins of pages, as browsers send them in `Origin`: scheme, host and port. In a saved one the host may
 * start with `*.`, which matches subdomains of any depth but not the host itself, as in a content security
 * policy.
 */

const hostLabel = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const isLoopbackHost = (host: string) =>
  host === "localhost" || host.endsWith(".localhost") || host === "127.0.0.1" || host === "[::1]";

const originMessage = "Enter an origin such as https://app.example.org, without a path.";

/** Normalised to the form that browsers send. Only localhost can use http. */
export const allowedOrigin = z
  .string({ error: originMessage })
  .trim()
  .toLowerCase()
  .max(300, { error: "Use 300 characters or fewer." })
  .transform((text, ctx) => {
    const reject = (message: string) => {
      ctx.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    const [, scheme = "", wildcard = "", host = ""] =
      /^(https?):\/\/(\*\.)?([^*/\\?#@\s]+)\/?$/.exec(text) ?? [];
    if (!host || !URL.canParse(`${scheme}://${host}`)) return reject(originMessage);
    const url = new URL(`${scheme}://${host}`);
    const labels = url.hostname.split(".");
    const isIpAddress = url.hostname.startsWith("[") || /^[\d.]+$/.test(url.hostname);
    if (!isIpAddress && !labels.every((label) => hostLabel.test(label)))
      return reject(originMessage);
    if (scheme === "http" && !isLoopbackHost(url.hostname)) {
      return reject("Use https. Only localhost can use http.");
    }
    if (wildcard && isIpAddress) return reject("An IP address has no subdomains.");
    if (wildcard && labels.length < 2)
      return reject("Enter at least two parts after *., such as *.example.org.");
    return url.origin.replace("://", `://${wildcard}`);
  });
