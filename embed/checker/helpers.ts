import type { CheckedPage, CheckerConfig } from "./page";

export const loaderPath = "/embed/v2.js";

/** Also true for the older release, which stays served. */
export const isLoader = (src: string, { portal }: CheckerConfig) =>
  src.startsWith(`${portal}/`) && /^\/embed\/v[12]\.js/.test(src.slice(portal.length));

/** An iframe in the page, or a script of the page that creates one. */
export const usesFrame = (page: CheckedPage, { elementsOrigin }: CheckerConfig) =>
  page.frames.some(({ src }) => src.startsWith(`${elementsOrigin}/`)) ||
  (page.html.includes(elementsOrigin) && page.html.includes("/embed/frame/"));

/** Without the integrity value, which the checker does not know. */
export const loaderTag = ({ portal }: CheckerConfig) =>
  `<script src="${portal}${loaderPath}" crossorigin async></script>`;
