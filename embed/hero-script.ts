import { nonce } from "./current-script";

const longestDefinitionMs = 20_000;

/** By address. A load that failed is forgotten, so that it can be tried again. */
const loads = new Map<string, Promise<boolean>>();

/** Loads Hero's script unless the page has it, and says whether the tag is defined in the end. */
export function defineElement(tag: string, address: string): Promise<boolean> {
  if (customElements.get(tag)) return Promise.resolve(true);
  let load = loads.get(address);
  if (!load) {
    load = add(tag, address);
    loads.set(address, load);
    void load.then((isDefined) => isDefined || loads.delete(address));
  }
  return load;
}

const add = (tag: string, address: string) =>
  new Promise<boolean>((resolve) => {
    const script = document.createElement("script");
    const settle = (isDefined: boolean) => {
      clearTimeout(timer);
      if (!isDefined) script.remove();
      resolve(isDefined);
    };
    const timer = setTimeout(() => settle(false), longestDefinitionMs);
    void customElements.whenDefined(tag).then(() => settle(true));
    script.onerror = () => settle(false);
    script.nonce = nonce;
    script.src = address;
    document.head.append(script);
  });
