import { describe, expect, it } from "vitest";
import { readServeSettings, readStartSettings } from "@/scripts/settings";
import { readEnv } from "@/server/env";

const key = (fill: number) => Buffer.alloc(32, fill).toString("base64");

const completeEnv = {
  DATABASE_URL: "postgres://portal_app:pass@localhost/portal",
  AUTH_SECRET: "a secret of at least thirty-two characters",
  MASTER_KEYS: `k2:${key(2)},k1:${key(1)}`,
  SMTP_URL: "smtp://localhost:25",
};

describe("the settings of the portal", () => {
  it("every setting has a default, except what only the operator knows", () => {
    const env = readEnv(completeEnv);
    expect(env.PORT).toBe(3000);
    expect(env.HERO_SANDBOX_URL).toBeUndefined();
    expect(env.MASTER_KEYS.map(({ id }) => id)).toEqual(["k2", "k1"]);
  });

  it.each(Object.keys(completeEnv))("a missing or blank %s is named", (name) => {
    expect(() => readEnv({ ...completeEnv, [name]: undefined })).toThrow(`${name} is not set.`);
    expect(() => readEnv({ ...completeEnv, [name]: "  " })).toThrow(`${name} is not set.`);
  });

  it.each([
    ["PORT", "http"],
    ["PORT", "70000"],
    ["DATABASE_URL", "mysql://localhost/secret"],
    ["DATABASE_POOL_SIZE", "0"],
    ["DATABASE_PREPARED_STATEMENTS", "perhaps"],
    ["PUBLIC_URL", "ftp://example.org"],
    ["AUTH_SECRET", "short-secret"],
    ["MASTER_KEYS", "k1:dG9vIHNob3J0"],
    ["MASTER_KEYS", `k1:${key(1)},k1:${key(2)}`],
    ["HERO_SANDBOX_URL", "localhost"],
    ["HERO_TIMEOUT_MS", "1.5"],
    ["SMTP_URL", "localhost:25"],
    ["LOG_LEVEL", "loud"],
  ])("a malformed %s is named without its value", (name, value) => {
    let message = "";
    try {
      readEnv({ ...completeEnv, [name]: value });
    } catch (error) {
      message = error instanceof Error ? error.message : "";
    }
    expect(message).toMatch(new RegExp(`^${name} [A-Za-z].*\\.$`));
    expect(message).not.toContain(value);
  });

  it("all wrong variables are named at once", () => {
    expect(() => readEnv({ ...completeEnv, PORT: "x", LOG_LEVEL: "x" })).toThrow(
      /PORT .* LOG_LEVEL /,
    );
  });
});

describe("A11: addresses that carry keys", () => {
  const names = ["HERO_STAGING_URL", "HERO_PRODUCTION_URL", "HERO_SCRIPTS_URL"] as const;

  it.each(names)("%s must be https", (name) => {
    for (const address of [
      "http://api.herohealth.example",
      "http://localhost.example.org",
      "http://localhost@api.example.org",
      "http://10.0.0.1",
      "HTTP://API.EXAMPLE.ORG",
    ]) {
      expect(() => readEnv({ ...completeEnv, [name]: address }), address).toThrow(
        new RegExp(`^${name} must be an https address, unless its host is this machine\\.`),
      );
    }
  });

  it.each(names)("%s may be http on this machine", (name) => {
    for (const address of [
      "http://localhost:4010",
      "http://hero.localhost:4010",
      "http://127.0.0.1:4010",
      "http://[::1]:4010",
      "https://api.example.org",
    ]) {
      expect(readEnv({ ...completeEnv, [name]: address })[name]).toBe(address);
    }
  });
});

describe("c19: ALLOWED_PRIVATE_HOSTS", () => {
  it("stops a start unless PUBLIC_URL is this machine", () => {
    const allowed = { ...completeEnv, ALLOWED_PRIVATE_HOSTS: "localhost, 127.0.0.1" };
    expect(readEnv(allowed).ALLOWED_PRIVATE_HOSTS).toEqual(["localhost", "127.0.0.1"]);
    const addresses = {
      PUBLIC_URL: "https://portal.example.org",
      ELEMENTS_ORIGIN: "https://elements.example.net",
    };
    expect(readEnv({ ...completeEnv, ...addresses }).ALLOWED_PRIVATE_HOSTS).toBeUndefined();
    expect(() => readEnv({ ...allowed, ...addresses })).toThrow(
      /^ALLOWED_PRIVATE_HOSTS can only be set while PUBLIC_URL is this machine\.$/,
    );
  });
});

describe("the settings of bin/start", () => {
  it("no setting is needed on a developer's machine", () => {
    const settings = readStartSettings({});
    expect(settings.publicUrl.origin).toBe("http://localhost:3000");
    expect(settings.isDemo).toBe(true);
    expect(settings.listenHost).toBe("127.0.0.1");
    expect(settings.dataDir).toBe(`${process.cwd()}/.data`);
  });

  it("the port follows from the address", () => {
    expect(readStartSettings({ PORT: "4200" }).publicUrl.origin).toBe("http://localhost:4200");
  });

  it("a public address turns off demo and sandbox and needs a mail server", () => {
    const PUBLIC_URL = "https://portal.example.org";
    const ELEMENTS_ORIGIN = "https://elements.example.net";
    const addresses = { PUBLIC_URL, ELEMENTS_ORIGIN };
    expect(() => readStartSettings(addresses)).toThrow("SMTP_URL is not set.");
    const settings = readStartSettings({ ...addresses, SMTP_URL: completeEnv.SMTP_URL });
    expect(settings.isDemo).toBe(false);
    expect(settings.listenHost).toBeUndefined();
    expect(readStartSettings({ ...addresses, DEMO: "on" }).isDemo).toBe(true);
  });

  it.each([
    ["SANDBOX_PORT", "-1"],
    ["DATABASE_URL", "localhost"],
    ["DATABASE_ADMIN_URL", "localhost"],
    ["DATABASE_OWNER_URL", "localhost"],
    ["PUBLIC_URL", "https://example.org/portal"],
    ["ELEMENTS_ORIGIN", "https://example.org/elements"],
    ["ALLOWED_HOSTS", "https://example.org"],
    ["TRUSTED_PROXY_HOPS", "many"],
    ["EMBEDDED_DATABASE_FSYNC", "maybe"],
    ["DEMO", "maybe"],
    ["MASTER_KEYS", "secret"],
    ["SMTP_URL", "localhost"],
  ])("a malformed %s is named", (name, value) => {
    expect(() => readStartSettings({ [name]: value })).toThrow(
      new RegExp(`^${name} [A-Za-z].*\\.$`),
    );
  });
});

describe("c25: the second origin", () => {
  it("a local portal gets a second origin on the same machine", () => {
    expect(readEnv({ ...completeEnv, PUBLIC_URL: "http://localhost:4200" }).ELEMENTS_ORIGIN).toBe(
      "http://elements.localhost:4200",
    );
    expect(readServeSettings({ PORT: "4200" }).elementsUrl.host).toBe("elements.localhost:4200");
  });

  it("a public portal needs a second origin that is not its own", () => {
    const PUBLIC_URL = "https://portal.example.org";
    expect(() => readEnv({ ...completeEnv, PUBLIC_URL })).toThrow("ELEMENTS_ORIGIN is not set.");
    expect(() => readServeSettings({ PUBLIC_URL })).toThrow("ELEMENTS_ORIGIN is not set.");
    expect(() => readEnv({ ...completeEnv, PUBLIC_URL, ELEMENTS_ORIGIN: PUBLIC_URL })).toThrow(
      "ELEMENTS_ORIGIN must differ from PUBLIC_URL.",
    );
  });
});

describe("allowed hosts", () => {
  it("allowed hosts are the public one, this machine and any named ones", () => {
    const { allowedHosts } = readServeSettings({
      PORT: "4200",
      PUBLIC_URL: "https://portal.example.org",
      ELEMENTS_ORIGIN: "https://elements.example.net",
      ALLOWED_HOSTS: "Inner.example.org:8080, other",
    });
    expect([...allowedHosts]).toEqual([
      "portal.example.org",
      "elements.example.net",
      "localhost:4200",
      "127.0.0.1:4200",
      "inner.example.org:8080",
      "other",
    ]);
  });
});
