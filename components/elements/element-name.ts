import { elementCatalogue, isKnownElement } from "@/server/schemas/element-catalogue";

/** The tag, for an element that the catalogue does not have. */
export const elementName = (tag: string): string =>
  isKnownElement(tag) ? elementCatalogue[tag].name : tag;
