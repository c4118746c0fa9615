import "server-only";
import ipaddr from "ipaddr.js";
import { isAllowedPrivateHost } from "../../env";

/** All of the IPv6 Internet. Outside are mapped and translated IPv4 addresses, among others. */
const globalIpv6 = ipaddr.parseCIDR("2000::/3");

/**
 * Whether an address is one of the public Internet. Private, local, shared, multicast and reserved ranges are
 * not, nor are IPv6 addresses that stand for IPv4 ones (mapped, NAT64, 6to4, Teredo).
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || address.match(globalIpv6);
}

/** The host of an address without the brackets of IPv6. `URL` has already read `0x7f.1` as `127.0.0.1`. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

const isLocalName = (host: string) =>
  !host.replace(/\.$/, "").includes(".") || /\.(localhost|local|internal)\.?$/.test(host);

/**
 * Why events are not sent to an address, as far as the address itself shows. What its name resolves to is
 * checked whenever a connection is made.
 *
 * @returns a sentence for the person who entered it, or null
 */
export function explainRefusedUrl(url: URL): string | null {
  const host = hostOf(url);
  if (isAllowedPrivateHost(host)) return null;
  if (url.protocol !== "https:") return "Use https.";
  const isRefused = ipaddr.isValid(host) ? !isPublicAddress(host) : isLocalName(host);
  return isRefused ? "Enter an address that can be reached from the Internet." : null;
}
