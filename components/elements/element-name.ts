import { elementCatalogue, isKnownElement } from "@/server/schemas/element-catalogue";

/** What people call an element; its tag, where the catalogue does not know it. */
export const elementName = (tag: string): string =>
  isKnownElement(tag) ? elementCatalogue[tag].name : tag;
