import { randomInt } from "node:crypto";
import { endOfLondonDay, londonMoment } from "../london";
import type { LinkRecord, Practice, SlotRecord } from "./model";
import { freeSlots } from "./slots";
import type { World } from "./world";

export const allowedTries = 10;

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 22 of 62 characters are 131 bits. */
const codeLength = 22;

export type LinkState = "live" | "expired" | "used_up" | "locked";

export type NewLink = Omit<
  LinkRecord,
  "id" | "code" | "uses" | "opens" | "wrongTries" | "isLocked" | "createdAtMs"
>;

export function addLink(world: World, wanted: NewLink): LinkRecord {
  let code = "";
  for (let index = 0; index < codeLength; index += 1) code += alphabet[randomInt(62)];
  const link: LinkRecord = {
    ...wanted,
    id: world.nextId("link"),
    code,
    uses: 0,
    opens: 0,
    wrongTries: 0,
    isLocked: false,
    createdAtMs: world.clock.nowMs(),
  };
  world.links.set(link.id, link);
  world.linksByCode.set(code, link);
  return link;
}

export function linkUrl(world: World, link: LinkRecord): string {
  return `${world.publicUrl}/s/${link.code}`;
}

export function linkState(link: LinkRecord, nowMs: number): LinkState {
  if (link.isLocked) return "locked";
  if (link.expiresOn && endOfLondonDay(link.expiresOn) < nowMs) return "expired";
  if (link.maximumUses !== null && link.uses >= link.maximumUses) return "used_up";
  return "live";
}

/** Counts a wrong answer to the date-of-birth check; the tenth locks the link for good. */
export function countWrongTry(link: LinkRecord): { triesLeft: number } {
  link.wrongTries += 1;
  if (link.wrongTries >= allowedTries) link.isLocked = true;
  return { triesLeft: Math.max(0, allowedTries - link.wrongTries) };
}

/** The free slots a booking link offers, in order of time. */
export function slotsOfLink(world: World, practice: Practice, link: LinkRecord): SlotRecord[] {
  return freeSlots(world, practice, {
    typeId: link.typeId ?? undefined,
    locationIds: link.locationId ? [link.locationId] : undefined,
    practitionerId: link.practitionerId ?? undefined,
    fromMs: link.fromOn ? londonMoment(link.fromOn, 0) : undefined,
    untilMs: link.toOn ? endOfLondonDay(link.toOn) + 1 : undefined,
  });
}
