import "server-only";
import { env } from "../../env";

const urlPrefix = () => `${env().PUBLIC_URL.replace(/\/+$/, "")}/api/hooks/`;

/** Where Hero sends the deliveries of an endpoint. Its token is as good as a key: never log it. */
export const endpointUrl = (urlToken: string): string => `${urlPrefix()}${urlToken}`;

/** The token in a URL of this portal; undefined for a URL of anything else. */
export function tokenOfUrl(url: string): string | undefined {
  return url.startsWith(urlPrefix()) ? url.slice(urlPrefix().length) : undefined;
}
