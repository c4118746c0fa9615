import { TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import { resultOrMessage } from "@/server/portal/page-caller";

describe("a part of a page with an optional result", () => {
  it("a loaded result is returned", async () => {
    expect(await resultOrMessage(Promise.resolve([7]))).toEqual({ result: [7], message: null });
  });

  it("a procedure's user-facing error becomes a sentence", async () => {
    const upstreamError = new TRPCError({ code: "BAD_GATEWAY", message: "Hero did not answer." });
    expect(await resultOrMessage(Promise.reject(upstreamError))).toEqual({
      result: null,
      message: "Hero did not answer.",
    });
  });

  it.each([
    new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "Something went wrong." }),
    new TypeError("items is not a function"),
  ])("an unexpected error is thrown to the error page: %s", async (internalError) => {
    await expect(resultOrMessage(Promise.reject(internalError))).rejects.toBe(internalError);
  });
});
