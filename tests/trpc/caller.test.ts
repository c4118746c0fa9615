import { TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import { resultOrMessage } from "@/server/trpc/caller";

describe("a part of a page that can do without what it loads", () => {
  it("has what was loaded", async () => {
    expect(await resultOrMessage(Promise.resolve([7]))).toEqual({ result: [7], message: null });
  });

  it("has the sentence of a procedure that has none to give", async () => {
    const upstreamError = new TRPCError({ code: "BAD_GATEWAY", message: "Hero did not answer." });
    expect(await resultOrMessage(Promise.reject(upstreamError))).toEqual({
      result: null,
      message: "Hero did not answer.",
    });
  });

  it.each([
    new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "Something went wrong." }),
    new TypeError("items is not a function"),
  ])("leaves a fault of ours to the error page: %s", async (internalError) => {
    await expect(resultOrMessage(Promise.reject(internalError))).rejects.toBe(internalError);
  });
});
