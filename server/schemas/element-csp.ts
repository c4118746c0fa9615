/**
 * What a page's content security policy must allow for an element to work in it. Hero documents the host
 * of the script alone; the rest is assumed, and named as narrowly as that allows.
 */

export type ElementOrigins = {
  /** Origin of Hero's scripts. */
  scripts: string;
  /** Origin of Hero's API in the environment. */
  api: string;
};

export type CspSources = {
  script: string[];
  connect: string[];
  img: string[];
  style: string[];
  font: string[];
};

/** The sources that the element itself needs, beside those of the loader. */
export function elementCspSources({ scripts, api }: ElementOrigins): CspSources {
  const hero = [...new Set([scripts, new URL(api).origin])];
  return {
    script: [scripts],
    connect: hero,
    img: ["data:", ...hero],
    // The element writes its own style elements.
    style: ["'unsafe-inline'"],
    font: hero,
  };
}
