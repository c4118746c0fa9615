/**
 * The script element that this code came in: where the portal is, and the nonce that Hero's script needs
 * as well. Only known while the script runs for the first time.
 */
const own =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[src*="/embed/v1.js"]');

export const ownAddress = own?.src ?? "";
export const portalUrl = ownAddress && new URL(ownAddress).origin;
export const nonce = own?.nonce ?? "";
