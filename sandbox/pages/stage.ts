import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { appointmentState, releaseHold } from "../state/appointments";
import { type LinkState, linkState } from "../state/links";
import type { AppointmentRecord, LinkRecord, Practice, VisitType } from "../state/model";
import type { World } from "../state/world";
import type { Visit } from "./visits";

/** A live link in a browser, as every page of the journey needs it. */
export interface Stage {
  c: Context;
  world: World;
  link: LinkRecord;
  practice: Practice;
  visit: Visit;
  /** The address of the link's first page, without host. */
  base: string;
}

export type Opened =
  | { kind: "absent" }
  | { kind: "dead"; reason: Exclude<LinkState, "live">; practice: Practice }
  | { kind: "open"; stage: Stage };

const cookieName = "visit";

/** Finds the link and this browser's visit to it, and counts the opening when it is the first. */
export function openLink(world: World, c: Context): Opened {
  const link = world.linksByCode.get(c.req.param("code") ?? "");
  const practice = link ? world.findPractice(link.groupId) : undefined;
  if (!link || !practice) return { kind: "absent" };
  const base = `/s/${link.code}`;
  const known = world.visits.find(getCookie(c, cookieName), link.id);
  const state = linkState(link, world.clock.nowMs());
  // Someone who has booked may look at the confirmation again, whatever became of the link.
  if (state !== "live" && !known?.doneId) {
    if (known) releaseHold(world, known.heldId);
    return { kind: "dead", reason: state, practice };
  }
  if (known) return { kind: "open", stage: { c, world, link, practice, visit: known, base } };
  const visit = world.visits.start(link.id);
  link.opens += 1;
  setCookie(c, cookieName, visit.id, {
    path: base,
    httpOnly: true,
    sameSite: "Lax",
    secure: world.publicUrl.startsWith("https:"),
  });
  return { kind: "open", stage: { c, world, link, practice, visit, base } };
}

/** The time this visit holds, or null; a hold that ran out is forgotten and explained once. */
export function heldAppointment({ world, visit }: Stage): AppointmentRecord | null {
  const held = visit.heldId ? world.appointments.get(visit.heldId) : undefined;
  if (!held) return null;
  if (appointmentState(held, world.clock.nowMs()) === "reserved") return held;
  visit.heldId = null;
  visit.notice =
    "We kept that time for 15 minutes and have now let it go. Please choose a time again.";
  return null;
}

export function typeOfLink({ practice, link }: Stage): VisitType | undefined {
  return practice.types.find((type) => type.id === link.typeId);
}

/** Which page comes next, as an address. */
export function nextAddress(stage: Stage): string {
  const { link, visit, base } = stage;
  if (visit.doneId) return `${base}/done`;
  if (link.patientId && !visit.patientId) return base;
  if (link.kind === "form") return visit.patientId ? `${base}/form` : `${base}/sign-in`;
  if (!heldAppointment(stage)) return base;
  if (!visit.hasReadNotice) return `${base}/before`;
  return visit.patientId ? `${base}/review` : `${base}/sign-in`;
}
