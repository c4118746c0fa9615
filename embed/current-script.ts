/** `document.currentScript` is only known during the first run, so its values are read here, once. */
const script =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[src*="/embed/v2.js"]');

export const scriptUrl = script?.src ?? "";
export const portalUrl = scriptUrl && new URL(scriptUrl).origin;
/** Hero's script needs it as well. */
export const nonce = script?.nonce ?? "";
