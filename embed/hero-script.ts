import { nonce } from "./current-script";

const maxDefinitionMs = 20_000;

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
    script.src = address;
    document.head.append(script);
  });
