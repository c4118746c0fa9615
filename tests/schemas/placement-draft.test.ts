import { describe, expect, it } from "vitest";
import { parseFrameMessage } from "@/components/elements/frame/messages";
import {
  placementFormSchema,
  parseOriginRow,
  toOriginRow,
} from "@/components/elements/placement/placement-draft";

describe("an allowed origin in the form", () => {
  it("a row gives its origin, or its subdomains when selected", () => {
    const address = "https://App.Example.org";
    expect(parseOriginRow({ address, includesSubdomains: false })).toEqual({
      origin: "https://app.example.org",
    });
    expect(parseOriginRow({ address, includesSubdomains: true })).toEqual({
      origin: "https://*.app.example.org",
    });
  });

  it("a saved origin gives the same row", () => {
    for (const origin of ["https://a.example.org", "https://*.example.org:8443"]) {
      expect(parseOriginRow(toOriginRow(origin))).toEqual({ origin });
    }
  });

  it("an invalid origin is explained, and an empty row is ignored", () => {
    expect(parseOriginRow({ address: " ", includesSubdomains: true })).toBeNull();
    expect(parseOriginRow({ address: "https://*.example.org", includesSubdomains: false })).toEqual(
      {
        error: expect.stringContaining("select “All subdomains”"),
      },
    );
    expect(parseOriginRow({ address: "https://127.0.0.1", includesSubdomains: true })).toEqual({
      error: "An IP address has no subdomains.",
    });
  });

  it("an error is beside its own field, and empty rows are not sent", () => {
    const draft = {
      name: "Sidebar",
      element: "hh-message-builder",
      practiceIds: ["0199f3a0-1111-7222-8333-444455556666"],
      adminId: "",
      origins: [
        { address: "", includesSubdomains: false },
        { address: "https://a.example.org", includesSubdomains: false },
      ],
    };
    expect(placementFormSchema.parse(draft)).toMatchObject({
      origins: ["https://a.example.org"],
      attributes: {},
    });
    const invalidDraft = {
      ...draft,
      origins: [...draft.origins, { address: "x", includesSubdomains: false }],
    };
    expect(placementFormSchema.safeParse(invalidDraft).error?.issues).toEqual([
      expect.objectContaining({ path: ["origins", 2, "address"] }),
    ]);
  });
});

describe("messages from a frame", () => {
  it("a frame's message is accepted in its known shape only", () => {
    expect(parseFrameMessage({ type: "hero:ready", detail: { expiresIn: 1800 } })).toEqual({
      type: "hero:ready",
      expiresIn: 1800,
    });
    for (const message of [
      null,
      "hero:ready",
      {},
      { type: "hero:ready" },
      { type: "hero:ready", detail: null },
      { type: "hero:height", detail: { height: "9e9" } },
      { type: "hero:error", detail: { code: 7 } },
      { type: "hero:mount", detail: { session: "x" } },
    ]) {
      expect(parseFrameMessage(message)).toBeNull();
    }
  });
});
