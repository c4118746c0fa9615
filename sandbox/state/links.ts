import { randomInt } from "node:crypto";
import { endOfLondonDayMs, londonTimestampMs } from "./time";
import type { LinkRecord, Practice, SlotRecord } from "./model";
import { freeSlots } from "./slots";
import type { SandboxState } from "./sandbox-state";

export const maxFailedAttempts = 10;

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 131 bits. */
const codeLength = 22;

export type LinkState = "live" | "expired" | "used_up" | "locked";

export type NewLink = Omit<
  LinkRecord,
  "id" | "code" | "uses" | "opens" | "failedAttempts" | "isLocked" | "createdAtMs"
>;

export function createLink(sandbox: SandboxState, input: NewLink): LinkRecord {
  let code = "";
  for (let index = 0; index < codeLength; index += 1) code += alphabet[randomInt(62)];
  const link: LinkRecord = {
    ...input,
    id: sandbox.nextId("link"),
    code,
    uses: 0,
    opens: 0,
    failedAttempts: 0,
    isLocked: false,
    createdAtMs: sandbox.clock.nowMs(),
  };
  sandbox.links.set(link.id, link);
  sandbox.linksByCode.set(code, link);
  return link;
}

export function linkUrl(sandbox: SandboxState, link: LinkRecord): string {
  return `${sandbox.publicUrl}/s/${link.code}`;
}

export function linkState(link: LinkRecord, nowMs: number): LinkState {
  if (link.isLocked) return "locked";
  if (link.expiresOn && endOfLondonDayMs(link.expiresOn) < nowMs) return "expired";
  if (link.maxUses !== null && link.uses >= link.maxUses) return "used_up";
  return "live";
}

/** Counts a wrong date of birth; the tenth locks the link permanently. */
export function recordFailedAttempt(link: LinkRecord): { attemptsLeft: number } {
  link.failedAttempts += 1;
  if (link.failedAttempts >= maxFailedAttempts) link.isLocked = true;
  return { attemptsLeft: Math.max(0, maxFailedAttempts - link.failedAttempts) };
}

/** The free slots that a booking link offers, earliest first. */
export function listFreeSlotsOfLink(
  sandbox: SandboxState,
  practice: Practice,
  link: LinkRecord,
): SlotRecord[] {
  return freeSlots(sandbox, practice, {
    appointmentTypeId: link.appointmentTypeId ?? undefined,
    locationIds: link.locationId ? [link.locationId] : undefined,
    practitionerId: link.practitionerId ?? undefined,
    fromMs: link.slotsFrom ? londonTimestampMs(link.slotsFrom, 0) : undefined,
    untilMs: link.slotsTo ? endOfLondonDayMs(link.slotsTo) + 1 : undefined,
  });
}
