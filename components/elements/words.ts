import { elementCatalogue, isKnownElement } from "@/server/schemas/element-catalogue";

export const whoManagesPlacements =
  "Owners, admins and developers of your organisation can make and change placements.";

export const whoUsesElements =
  "Owners, admins, developers and operators of your organisation can use Hero's elements here.";

/** "Message Builder"; an element that is no longer in the catalogue goes by its tag. */
export const elementName = (tag: string): string =>
  isKnownElement(tag) ? elementCatalogue[tag].name : tag;

/** How long Hero's tokens live, which nobody can end sooner. */
export const tokenMinutes = 30;
