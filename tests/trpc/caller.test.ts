import { TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import { orReason } from "@/server/trpc/caller";

describe("a part of a page that can do without what it loads", () => {
  it("has what was loaded", async () => {
    expect(await orReason(Promise.resolve([7]))).toEqual({ result: [7], reason: null });
  });

  it("has the sentence of a procedure that has none to give", async () => {
    const refusal = new TRPCError({ code: "BAD_GATEWAY", message: "Hero did not answer." });
    expect(await orReason(Promise.reject(refusal))).toEqual({
      result: null,
      reason: "Hero did not answer.",
    });
  });

  it.each([
    new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "Something went wrong." }),
    new TypeError("items is not a function"),
  ])("leaves a fault of ours to the error page: %s", async (fault) => {
    await expect(orReason(Promise.reject(fault))).rejects.toBe(fault);
  });
});
