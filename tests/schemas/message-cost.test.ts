import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCost, formatPence, messageCost } from "@/server/schemas/message-cost";

const tariff = { smsPence: 3, islandSmsPence: 8 };
const none = { smsPence: null, islandSmsPence: null };
const message = { smsParts: 2, isIsland: false, tariff, fallbackChannel: null };

describe("the cost of a message", () => {
  it.each([
    ["a text message costs its parts", { channel: "sms" }, 6, 6],
    ["one to an island has the island's price", { channel: "sms", isIsland: true }, 16, 16],
    [
      "one with a fallback to email has the same",
      { channel: "sms", fallbackChannel: "email" },
      6,
      6,
    ],
    ["an NHS App message is free", { channel: "nhs_app" }, 0, 0],
    ["an email is free", { channel: "email" }, 0, 0],
    ["a note is free", { channel: "note" }, 0, 0],
    [
      "a fallback by text message may be used",
      { channel: "nhs_app", fallbackChannel: "sms" },
      0,
      6,
    ],
    ["a fallback by email is free", { channel: "nhs_app", fallbackChannel: "email" }, 0, 0],
    ["what is free needs no price", { channel: "email", tariff: none, smsParts: null }, 0, 0],
    ["an email may fall back as well", { channel: "email", fallbackChannel: "sms" }, 0, 6],
  ] as const)("%s", (_, changes, lowestPence, highestPence) => {
    expect(messageCost({ ...message, ...changes })).toEqual({ lowestPence, highestPence });
  });

  it.each([
    ["the organisation has no price", { channel: "sms", tariff: none }],
    [
      "the price of an island is missing",
      { channel: "sms", isIsland: true, tariff: { smsPence: 3, islandSmsPence: null } },
    ],
    ["the fallback has no price", { channel: "nhs_app", fallbackChannel: "sms", tariff: none }],
    ["the parts are not known", { channel: "sms", smsParts: null }],
  ] as const)("the cost is unknown when %s", (_, changes) => {
    expect(messageCost({ ...message, ...changes })).toBeNull();
  });

  it("a price of nothing is a price, and fractions of a penny add up", () => {
    const free = { smsPence: 0, islandSmsPence: null };
    expect(messageCost({ ...message, channel: "sms", tariff: free })?.highestPence).toBe(0);
    const exact = { smsPence: 2.33, islandSmsPence: null };
    expect(
      messageCost({ ...message, channel: "sms", smsParts: 3, tariff: exact })?.highestPence,
    ).toBe(6.99);
  });

  it("the lowest is never above the highest", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("sms", "nhs_app", "email", "note"),
        fc.constantFrom("sms", "email", null),
        fc.nat(20),
        fc.nat(500),
        (channel, fallbackChannel, smsParts, pence) => {
          const priced = { smsPence: pence / 100, islandSmsPence: pence / 100 };
          const cost = messageCost({
            channel,
            fallbackChannel,
            smsParts,
            isIsland: false,
            tariff: priced,
          });
          expect(cost?.lowestPence).toBeGreaterThanOrEqual(0);
          expect(cost?.highestPence).toBeGreaterThanOrEqual(cost?.lowestPence ?? 0);
        },
      ),
    );
  });
});

describe("an amount on a screen", () => {
  it.each([
    [0, "0p"],
    [5, "5p"],
    [2.33, "2.33p"],
    [2.5, "2.5p"],
    [0.1 + 0.2, "0.3p"],
    [99, "99p"],
    [99.994, "99.99p"],
    [99.996, "£1.00"],
    [100, "£1.00"],
    [120, "£1.20"],
    [119.6, "£1.20"],
    [123_456, "£1,234.56"],
  ])("%d pence are %s", (pence, text) => {
    expect(formatPence(pence)).toBe(text);
  });

  it("a cost is one amount, or the lowest and the highest", () => {
    expect(formatCost({ lowestPence: 6, highestPence: 6 })).toBe("6p");
    expect(formatCost({ lowestPence: 0, highestPence: 120 })).toBe("0p to £1.20");
  });
});
