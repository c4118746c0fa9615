import { z } from "./zod";

/**
 * Origins of pages, as browsers state them in `Origin`: scheme, host and port, nothing more. A saved one
 * may begin its host with `*.`, which stands for any depth of subdomains and never for the host itself,
 * as in a content security policy.
 */

const hostLabel = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const isLocalHost = (host: string) =>
  host === "localhost" || host.endsWith(".localhost") || host === "127.0.0.1" || host === "[::1]";

const sentence = "Enter an origin such as https://app.example.org, without a path.";

/**
 * One origin to allow, brought into the form in which browsers state it. Every host but this machine's
 * own needs https.
 */
export const allowedOrigin = z
  .string({ error: sentence })
  .trim()
  .toLowerCase()
  .max(300, { error: "Use 300 characters or fewer." })
  .transform((text, ctx) => {
    const refuse = (message: string) => {
      ctx.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    const [, scheme = "", star = "", rest = ""] =
      /^(https?):\/\/(\*\.)?([^*/\\?#@\s]+)\/?$/.exec(text) ?? [];
    if (!rest || !URL.canParse(`${scheme}://${rest}`)) return refuse(sentence);
    const url = new URL(`${scheme}://${rest}`);
    const labels = url.hostname.split(".");
    const isAddress = url.hostname.startsWith("[") || /^[\d.]+$/.test(url.hostname);
    if (!isAddress && !labels.every((label) => hostLabel.test(label))) return refuse(sentence);
    if (scheme === "http" && !isLocalHost(url.hostname)) {
      return refuse("Only this machine's own pages (localhost) may go without https.");
    }
    if (star && isAddress) return refuse("An address made of numbers has no subdomains.");
    if (star && labels.length < 2) return refuse("Name more of the host after *.");
    return url.origin.replace("://", `://${star}`);
  });
