import { describe, expect, it } from "vitest";
import { document, practiceGroupId, bookingBody, ajv } from "./support";

describe("the API description", () => {
  it("the description lists every operation and no more", () => {
    const paths = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item ?? {}).map((method) => `${method} ${path}`),
    );
    expect(paths.sort()).toEqual([
      "get /api/v1/appointments/{id}",
      "get /api/v1/events",
      "get /api/v1/links",
      "get /api/v1/links/{id}",
      "get /api/v1/message-batches",
      "get /api/v1/message-batches/{id}",
      "get /api/v1/message-batches/{id}/results",
      "get /api/v1/message-batches/{id}/review",
      "get /api/v1/messages",
      "get /api/v1/messages/{id}",
      "patch /api/v1/links/{id}",
      "post /api/v1/appointments",
      "post /api/v1/element-reports",
      "post /api/v1/element-sessions",
      "post /api/v1/element-sessions/token",
      "post /api/v1/links",
      "post /api/v1/links/{id}/resolve",
      "post /api/v1/message-batches",
      "post /api/v1/message-batches/{id}/check",
      "post /api/v1/message-batches/{id}/recipients",
      "post /api/v1/message-batches/{id}/send",
      "post /api/v1/message-batches/{id}/stop",
      "post /api/v1/messages",
      "post /api/v1/messages/preview",
      "post /api/v1/messages/{id}/cancel",
      "post /api/v1/patients/lookup",
      "post /api/v1/slots",
    ]);
    expect(document.openapi).toMatch(/^3\.1/);
  });

  it("the description has valid references and schemas that compile", () => {
    const references = JSON.stringify(document).match(/"#\/[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(3);
    for (const reference of new Set(references)) {
      expect(() =>
        ajv.compile({ $ref: `portal.json${JSON.parse(reference) as string}` }),
      ).not.toThrow();
    }
  });

  it("the description matches real requests", () => {
    const validate = ajv.compile({
      $ref: "portal.json#/paths/~1api~1v1~1links/post/requestBody/content/application~1json/schema",
    });
    expect(validate(bookingBody({ name: "x", tags: ["a"] }))).toBe(true);
    expect(validate(bookingBody({ surprise: 1 }))).toBe(false);
    expect(validate({ ...bookingBody(), kind: "gift" })).toBe(false);
  });

  it("the description contains nothing about any tenant", () => {
    expect(JSON.stringify(document)).not.toContain(practiceGroupId);
  });
});
