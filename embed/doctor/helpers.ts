import type { DoctorFacts, ExaminedPage } from "./page";

export const loaderPath = "/embed/v1.js";
export const isLoader = (src: string, facts: DoctorFacts) =>
  src.startsWith(`${facts.portal}${loaderPath}`);
/** A frame in the page, or a script of its own that makes one. */
export const usesFrame = (page: ExaminedPage, { elementsOrigin }: DoctorFacts) =>
  page.frames.some(({ src }) => src.startsWith(`${elementsOrigin}/`)) ||
  (page.html.includes(elementsOrigin) && page.html.includes("/embed/frame/"));

/** As the snippets have it, without the integrity value, which changes with each loader. */
export const tagOfLoader = ({ portal }: DoctorFacts) =>
  `<script src="${portal}${loaderPath}" crossorigin async></script>`;
