import { afterEach, describe, expect, it, vi } from "vitest";

/** The environments of a portal with this sandbox address. */
async function loadEnvironmentsWith(sandboxUrl: string) {
  vi.stubEnv("HERO_SANDBOX_URL", sandboxUrl);
  vi.resetModules();
  return import("@/server/tenancy/environments");
}

afterEach(() => vi.unstubAllEnvs());

describe("the environments on offer", () => {
  it("three environments are offered where a sandbox is set", async () => {
    const { findEnvironment, listEnvironments } =
      await loadEnvironmentsWith("http://localhost:4010");
    expect(listEnvironments()).toEqual(["sandbox", "staging", "production"]);
    expect(findEnvironment("sandbox")).toBe("sandbox");
  });

  it("without a sandbox its environment is not found", async () => {
    const { findEnvironment, listEnvironments } = await loadEnvironmentsWith("");
    expect(listEnvironments()).toEqual(["staging", "production"]);
    expect(findEnvironment("sandbox")).toBeNull();
  });
});
