import { describe, expect, it } from "vitest";
import { describeChannelCosts, describeCost, describeParts } from "@/components/messages/cost-text";
import {
  emptyDraft,
  findMissing,
  findQuietEnd,
  findSendAt,
  type MessageDraft,
  previewInputOf,
} from "@/components/messages/draft";
import {
  buttonLabels,
  canUndo,
  describeChannels,
  explainState,
} from "@/components/messages/labels";
import { describeQuietHours } from "@/components/messages/quiet-text";
import { timelineOf } from "@/components/messages/timeline";
import { labelOfVariable, listTypedVariables, renderSample } from "@/components/messages/variables";
import type { MessageState, MessageView } from "@/server/schemas/messages";

const message = (changes: Partial<MessageView> = {}): MessageView => ({
  id: "m1",
  operationId: "o1",
  state: "scheduled",
  reason: null,
  failureCode: null,
  practice: { id: "p1", name: "Kingsway", publicName: "Kingsway Surgery", practiceGroupId: "1" },
  patientId: "501",
  channel: "sms",
  fallbackChannel: null,
  link: null,
  hasAttachment: false,
  recordWrite: "none",
  recordWriteStatus: null,
  recordWriteState: null,
  recordWriteFailure: null,
  smsParts: 1,
  cost: null,
  sendAt: "2026-11-27T10:00:10.000Z",
  heroMessageId: null,
  heroStatus: null,
  sentAt: null,
  deliveredAt: null,
  deliveredChannel: null,
  createdBy: "Olga Holder",
  createdAt: "2026-11-27T10:00:00.000Z",
  refreshedAt: null,
  hasText: true,
  ...changes,
});

const sent = { heroMessageId: "900", sentAt: "2026-11-27T10:00:11.000Z" };
const draft = (changes: Partial<MessageDraft> = {}): MessageDraft => ({
  ...emptyDraft,
  channel: "sms",
  text: "Your results are in.",
  ...changes,
});
const titlesOf = (changes: Partial<MessageView>) =>
  timelineOf(message(changes)).map(({ title, state }) => `${title}: ${state}`);

describe("the timeline of a message", () => {
  it("a message without Hero's ID is never shown as sent", () => {
    const states: MessageState[] = [
      "scheduled",
      "sending",
      "held",
      "failed",
      "unknown",
      "cancelled",
    ];
    for (const state of states) {
      expect(titlesOf({ state })).not.toContain("Sent: done");
      expect(explainState(message({ state }))).not.toMatch(/accepted|delivered/);
    }
  });

  it("a scheduled message waits for its time", () => {
    expect(titlesOf({})).toEqual(["Requested: done", "Send: current", "Delivered: upcoming"]);
  });

  it("an unknown message ends there, and nothing follows", () => {
    expect(titlesOf({ state: "unknown", recordWrite: "automatic" })).toEqual([
      "Requested: done",
      "Send: unknown",
    ]);
  });

  it("a held and a cancelled message were not sent", () => {
    expect(titlesOf({ state: "held" })).toEqual(["Requested: done", "Held, not sent: failed"]);
    expect(titlesOf({ state: "cancelled" })).toEqual([
      "Requested: done",
      "Stopped before it was sent: stopped",
    ]);
  });

  it("a refused message was not sent, and an undeliverable one was", () => {
    expect(titlesOf({ state: "failed" })).toEqual(["Requested: done", "Not sent: failed"]);
    expect(titlesOf({ state: "failed", ...sent })).toEqual([
      "Requested: done",
      "Sent: done",
      "Not delivered: failed",
    ]);
  });

  it("an opened NHS App message needs no fallback", () => {
    const nhsApp = { channel: "nhs_app", fallbackChannel: "sms", ...sent } as const;
    expect(titlesOf({ ...nhsApp, state: "sent" })).toContain("Fallback: text message: upcoming");
    expect(titlesOf({ ...nhsApp, state: "opened" })).toContain("Fallback not needed: done");
  });

  it("a fallback that was used comes before the delivery", () => {
    expect(
      titlesOf({
        channel: "nhs_app",
        fallbackChannel: "sms",
        state: "delivered",
        deliveredChannel: "sms",
        ...sent,
      }).slice(2),
    ).toEqual(["Fallback used: text message: done", "Fallback delivered: done"]);
  });

  it("a note is saved, and is not delivered to anyone", () => {
    expect(titlesOf({ channel: "note", state: "sent", ...sent })).toEqual([
      "Requested: done",
      "Saved in Hero: done",
    ]);
    expect(explainState(message({ channel: "note", state: "delivered", ...sent }))).toContain(
      "The patient receives nothing.",
    );
  });

  it("a record write that failed or is written ends, and one that waits for approval is current", () => {
    const approval = { state: "delivered", recordWrite: "for_approval", ...sent } as const;
    expect(titlesOf({ ...approval, recordWriteFailure: "No EHR ID" })).toContain(
      "Not written to the record: failed",
    );
    const waiting = { recordWriteStatus: "pending", recordWriteState: "in_progress" } as const;
    expect(titlesOf({ ...approval, ...waiting })).toContain("Written to the record: current");
    const written = { recordWriteStatus: "Stored", recordWriteState: "written" } as const;
    expect(titlesOf({ ...approval, ...written })).toContain("Written to the record: done");
  });
});

describe("the button that sends", () => {
  it("a message with a time is scheduled, and one without is sent", () => {
    expect(buttonLabels("sms", null).label).toBe("Send text message");
    expect(buttonLabels("sms", "2026-11-28T08:00:00.000Z").label).toBe("Schedule text message");
  });
});

describe("what can be stopped", () => {
  it("a message can be undone only while it waits, and not when it was scheduled for later", () => {
    expect(canUndo(message())).toBe(true);
    expect(canUndo(message({ sendAt: "2026-11-28T08:00:00.000Z" }))).toBe(false);
    expect(canUndo(message({ state: "sending" }))).toBe(false);
  });
});

describe("a draft", () => {
  const patient = { practiceId: "p1", patientId: "501" };

  it("a channel, a text and each variable are required, in the order on screen", () => {
    const found = findMissing({ ...emptyDraft, text: " " }, ["clinic_day"], labelOfVariable, []);
    expect(found).toEqual([
      { field: "channel", message: "Select a channel." },
      { field: "text", message: "Enter the message." },
      { field: "variable-clinic_day", message: "Enter a value for “Clinic day”." },
    ]);
    expect(findMissing(draft(), [], labelOfVariable, [])).toEqual([]);
  });

  it("a contact is required for a channel for which the record has none", () => {
    const sms = {
      channel: "sms" as const,
      isAvailable: false,
      reason: "Hero's record of this patient has no mobile number.",
      needsContact: true,
      contact: null,
      text: null,
      smsParts: null,
      costlyCharacter: null,
      pence: null,
    };
    const fieldsOf = (changes: Partial<MessageDraft>) =>
      findMissing(draft(changes), [], labelOfVariable, [sms]).map(({ field }) => field);
    expect(fieldsOf({ channel: "sms" })).toEqual(["contact"]);
    expect(fieldsOf({ channel: "nhs_app", fallbackChannel: "sms" })).toEqual(["contact"]);
    expect(fieldsOf({ channel: "sms", contact: "07700 900123" })).toEqual([]);
    expect(fieldsOf({ channel: "nhs_app", fallbackChannel: null })).toEqual([]);
  });

  it("a fallback, a contact and a record write of another channel are not sent", () => {
    const filled = { fallbackChannel: "sms", recordWrite: "automatic", contact: "07" } as const;
    const input = previewInputOf({ ...draft(filled), channel: "note" }, [], patient);
    expect(input).toMatchObject({ fallbackChannel: null, recordWrite: "none" });
    expect(input.contact).toBeUndefined();
  });

  it("values of variables that the text no longer has are not sent", () => {
    const filled = draft({ text: "{{a}}", variables: { a: " 1 ", b: "2" } });
    expect(previewInputOf({ ...filled, channel: "sms" }, ["a"], patient).variables).toEqual({
      a: "1",
    });
  });

  it("a UK time is sent in UTC, in summer and in winter", () => {
    const now = new Date("2026-01-01T00:00:00Z");
    const at = (day: string) => findSendAt(draft({ when: "later", day, time: "14:30" }), now);
    expect(at("2026-07-01")).toEqual({ sendAt: "2026-07-01T13:30:00.000Z" });
    expect(at("2026-12-01")).toEqual({ sendAt: "2026-12-01T14:30:00.000Z" });
    expect(findSendAt(draft(), now)).toEqual({ sendAt: null });
  });

  it("a time that the clocks skip, a past time and no date are refused", () => {
    const now = new Date("2026-03-28T12:00:00Z");
    const at = (day: string, time: string) => {
      const found = findSendAt(draft({ when: "later", day, time }), now);
      return "errors" in found ? found.errors[0] : null;
    };
    expect(at("2026-03-29", "01:30")?.field).toBe("time");
    expect(at("2026-03-28", "11:59")?.message).toBe("Select a time in the future.");
    expect(at("", "10:00")?.field).toBe("day");
  });
});

describe("quiet hours on the review", () => {
  const quietHours = { quietFrom: "20:00", quietTo: "08:00" };
  const sms = { channel: "sms", fallbackChannel: null } as const;
  // A winter's day, on which the UK's time is UTC.
  const morning = "2026-11-28T08:00:00.000Z";

  it("a message that has to wait is sent when quiet hours end", () => {
    expect(findQuietEnd(sms, morning, quietHours)).toBe(morning);
  });

  it("a message that can leave after its delay has no time, nor has a note", () => {
    expect(findQuietEnd(sms, "2026-11-28T12:00:10.123Z", quietHours)).toBeNull();
    expect(findQuietEnd(sms, morning, { quietFrom: "08:00", quietTo: "08:00" })).toBeNull();
    const note = { channel: "note", fallbackChannel: null } as const;
    expect(findQuietEnd(note, "2026-11-28T03:00:10.123Z", quietHours)).toBeNull();
  });

  it("a message with a fallback waits from an hour before quiet hours", () => {
    const nhsApp = { channel: "nhs_app", fallbackChannel: "sms" } as const;
    expect(findQuietEnd(nhsApp, "2026-11-28T18:59:00.000Z", quietHours)).toBeNull();
    expect(findQuietEnd(nhsApp, morning, quietHours)).toBe(morning);
  });
});

describe("the sample while writing", () => {
  const context = { practiceName: "Kingsway Surgery", linkUrl: null };

  it("the practice's name is filled in, and what is not known stays a label", () => {
    const text = "Dear {{first_name}}, see {{practice_name}} on {{clinic_day}}.";
    expect(listTypedVariables(text)).toEqual(["clinic_day"]);
    expect(renderSample(draft({ text }), context)).toEqual({
      text: "Dear (First name), see Kingsway Surgery on (Clinic day).",
      reason: null,
    });
  });

  it("a value that is refused says so before the message is checked", () => {
    const filled = draft({
      text: "On {{clinic_day}}",
      variables: { clinic_day: "evil.example.com" },
    });
    expect(renderSample(filled, context).reason).toMatch(/web or email address/);
  });

  it("the link's address is part of the text", () => {
    const linkUrl = "https://book.example.org/abc";
    expect(renderSample(draft(), { ...context, linkUrl }).text).toContain(linkUrl);
  });
});

describe("words about channels, cost and quiet hours", () => {
  it("a fallback is named after its channel", () => {
    expect(describeChannels({ channel: "nhs_app", fallbackChannel: "sms" })).toBe(
      "NHS App, then text message",
    );
  });

  it("a cost is an estimate, and is not invented without a price", () => {
    expect(describeCost({ lowestPence: 0, highestPence: 4.66 })).toBe(
      "0p to 4.66p, an estimate without VAT",
    );
    expect(describeCost({ lowestPence: 0, highestPence: 0 })).toBe("No cost");
    expect(describeCost(null)).toMatch(/No price/);
    expect(describeChannelCosts({ smsPence: 2.33 }).sms).toBe("2.33p for each part");
  });

  it("the character that raises the price is named", () => {
    expect(describeParts(2, "ŵ")).toMatch(/^2 parts\. “ŵ” raises the price/);
    expect(describeParts(1, null)).toBe("1 part.");
  });

  it("quiet hours read as UK times, and equal times mean none", () => {
    expect(describeQuietHours({ quietFrom: "20:00", quietTo: "08:00" })).toBe("8:00pm to 8:00am");
    expect(describeQuietHours({ quietFrom: "08:00", quietTo: "08:00" })).toBeNull();
  });
});
