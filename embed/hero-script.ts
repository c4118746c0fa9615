import { nonce } from "./current-script";

const maxDefinitionMs = 20_000;

/**
 * The loader's only policy for trusted types, needed where a page requires them. Created with the first
 * script, because a page may load the loader twice and names may be unique.
 */
let policy: { createScriptURL: (address: string) => unknown } | undefined;

/** @throws TypeError where the page's `trusted-types` directive does not list the policy */
function trustedAddress(address: string): string {
  const { trustedTypes } = window as Window & {
    trustedTypes?: {
      createPolicy: (name: string, rules: typeof policy) => typeof policy;
    };
  };
  policy ??= trustedTypes?.createPolicy("hero-portal", { createScriptURL: (text) => text });
  // The property takes the trusted value as well as a text.
  return (policy?.createScriptURL(address) ?? address) as string;
}

/** By address. A failed load is removed, so that it can be retried. */
const loads = new Map<string, Promise<boolean>>();

/** Loads Hero's script unless the page has it already. Returns whether the tag is defined. */
export function defineElement(tag: string, address: string): Promise<boolean> {
  if (customElements.get(tag)) return Promise.resolve(true);
  let load = loads.get(address);
  if (!load) {
    load = loadScript(tag, address);
    loads.set(address, load);
    void load.then((isDefined) => isDefined || loads.delete(address));
  }
  return load;
}

const loadScript = (tag: string, address: string) =>
  new Promise<boolean>((resolve) => {
    const script = document.createElement("script");
    const finish = (isDefined: boolean) => {
      clearTimeout(timer);
      if (!isDefined) script.remove();
      resolve(isDefined);
    };
    const timer = setTimeout(() => finish(false), maxDefinitionMs);
    void customElements.whenDefined(tag).then(() => finish(true));
    script.onerror = () => finish(false);
    script.nonce = nonce;
    try {
      script.src = trustedAddress(address);
      document.head.append(script);
    } catch {
      finish(false);
    }
  });
