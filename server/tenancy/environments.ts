import "server-only";
import { env } from "../env";
import { type Environment, environment } from "../schemas/environments";

/** The environments this portal offers, in the order they are shown: sandbox only where one is set. */
export function listEnvironments(): Environment[] {
  return environment.options.filter((name) => name !== "sandbox" || env().HERO_SANDBOX_URL);
}

/** The environment a path segment names, or null when it names none that is offered. */
export function findEnvironment(segment: string): Environment | null {
  return listEnvironments().find((name) => name === segment) ?? null;
}
