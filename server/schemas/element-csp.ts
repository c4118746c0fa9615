/**
 * What a page's content security policy must allow for an element. Hero documents the script's host only;
 * the rest is assumed, as narrowly as possible.
 */

export type ElementOrigins = {
  /** Origin of Hero's scripts. */
  scripts: string;
  /** Origin of the environment's Hero API. */
  api: string;
};

export type CspSources = {
  script: string[];
  connect: string[];
  img: string[];
  style: string[];
  font: string[];
};

/** What the element needs in addition to the loader. */
export function elementCspSources({ scripts, api }: ElementOrigins): CspSources {
  const hero = [...new Set([scripts, new URL(api).origin])];
  return {
    script: [scripts],
    connect: hero,
    img: ["data:", ...hero],
    // Assumed: the element adds style elements.
    style: ["'unsafe-inline'"],
    font: hero,
  };
}
