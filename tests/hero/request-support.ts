import { HeroError } from "@/server/hero/errors";
import { type HeroOperation, request } from "@/server/hero/request";
import { z } from "zod";
import { createAccess, startFakeHero } from "./fake-hero";

const readOperation: HeroOperation = { name: "readThing", method: "GET", path: "/v1/things/{id}" };
export const writeOperation: HeroOperation = {
  name: "makeThing",
  method: "POST",
  path: "/v1/things",
};
export const thingSchema = z.object({ id: z.string() });

/** A fake Hero that the client calls in the sandbox environment, with a time limit that only silence exceeds. */
export async function startHeroOfRequests() {
  const hero = await startFakeHero();
  // Settings are read at the first call.
  process.env.HERO_SANDBOX_URL = `${hero.url}/`;
  process.env.HERO_TIMEOUT_MS = "2000";
  return hero;
}

export const readThing = (overrides: Parameters<typeof createAccess>[0] = {}, id = "1") => {
  const { access, ...recorded } = createAccess(overrides);
  return { ...recorded, response: request(access, readOperation, { path: { id } }, thingSchema) };
};
export const createThing = (overrides: Parameters<typeof createAccess>[0] = {}) => {
  const { access, ...recorded } = createAccess(overrides);
  return {
    ...recorded,
    response: request(access, writeOperation, { body: { name: "x" } }, thingSchema),
  };
};

export async function errorOf(promise: Promise<unknown>): Promise<HeroError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HeroError)) throw new Error("No HeroError.", { cause: error });
  return error;
}
