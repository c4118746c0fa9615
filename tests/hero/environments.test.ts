import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { requestBookingLink } from "@/server/hero/booking-links";
import { getPracticeGroup } from "@/server/hero/practice";
import { request } from "@/server/hero/request";
import { environment, type Environment } from "@/server/schemas/environments";
import { callHero } from "@/server/services/hero-calls/call";
import { json, createAccess, practiceGroup, startFakeHero } from "./fake-hero";

type FakeHero = Awaited<ReturnType<typeof startFakeHero>>;

let hosts: Record<Environment, FakeHero>;

beforeAll(async () => {
  hosts = {
    sandbox: await startFakeHero(),
    staging: await startFakeHero(),
    production: await startFakeHero(),
  };
  process.env.HERO_SANDBOX_URL = hosts.sandbox.url;
  process.env.HERO_STAGING_URL = hosts.staging.url;
  process.env.HERO_PRODUCTION_URL = hosts.production.url;
});

beforeEach(() => {
  for (const [name, host] of Object.entries(hosts)) {
    host.respondWith(json(200, { id: name, name, url: "https://hero.example/s/1" }));
  }
});

afterAll(() => Promise.all(Object.values(hosts).map((host) => host.stop())));

const pairs = environment.options.flatMap((key) =>
  environment.options.map((host) => ({ key, host })),
);
const matching = pairs.filter(({ key, host }) => key === host);
const mismatched = pairs.filter(({ key, host }) => key !== host);
const countCalls = () =>
  Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, host.calls.length]));
const noCalls = { sandbox: 0, staging: 0, production: 0 };

describe("c3: a key and the host it is sent to", () => {
  it.each(matching)("c3: a $key key reaches $host and no other", async ({ key, host }) => {
    const { access } = createAccess({ keyEnvironment: key, environment: host });
    expect((await getPracticeGroup(access)).id).toBe(host);
    expect(countCalls()).toEqual({ ...noCalls, [host]: 1 });
  });

  it.each(mismatched)(
    "c3: a $key key is rejected for $host before any request, for reads and writes",
    async ({ key, host }) => {
      const { access, records, limiter } = createAccess({ keyEnvironment: key, environment: host });
      const wrongEnvironmentError = { code: "wrong_environment", writeOutcome: "no" };
      await expect(getPracticeGroup(access)).rejects.toMatchObject(wrongEnvironmentError);
      const body = { appointment_type_id: "1", location_id: "1", expiry_date: "2030-01-01" };
      await expect(requestBookingLink(access, body)).rejects.toMatchObject(wrongEnvironmentError);
      const operation = { name: "any", method: "DELETE", path: "/v1/any" } as const;
      await expect(request(access, operation, {}, z.unknown())).rejects.toMatchObject(
        wrongEnvironmentError,
      );
      expect(countCalls()).toEqual(noCalls);
      // It did not use a limiter slot either.
      expect([records, limiter.entered]).toEqual([[], 0]);
    },
  );

  it.each(mismatched)("c3: services are rejected too: $key to $host", async ({ key, host }) => {
    const outcome = await callHero(
      {
        environment: host,
        keyEnvironment: key,
        apiKey: "a key of the tests",
        practiceGroupId: practiceGroup("20417"),
        limiter: createAccess().access.limiter,
      },
      getPracticeGroup,
    );
    expect(outcome).toMatchObject({ ok: false, error: { code: "wrong_environment" }, records: [] });
    expect(countCalls()).toEqual(noCalls);
  });
});
