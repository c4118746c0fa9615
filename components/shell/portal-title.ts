import { environmentNames } from "@/server/schemas/environment-names";
import type { Environment } from "@/server/schemas/environments";

/** The end of every page title: "Northfield Digital (Sandbox)". */
export const portalTitle = (scope: { tenant: { name: string }; environment: Environment }) =>
  `${scope.tenant.name} (${environmentNames[scope.environment]})`;
