import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { appointmentState, releaseHold } from "../state/appointments";
import { type LinkState, linkState } from "../state/links";
import type {
  AppointmentRecord,
  LinkRecord,
  Practice,
  AppointmentTypeRecord,
} from "../state/model";
import type { SandboxState } from "../state/sandbox-state";
import type { Visit } from "../state/visits";

/** A live link and this browser's visit to it. */
export interface VisitContext {
  c: Context;
  sandbox: SandboxState;
  link: LinkRecord;
  practice: Practice;
  visit: Visit;
  /** The path of the link's first page. */
  basePath: string;
}

export type VisitResult =
  | { kind: "not_found" }
  | { kind: "unavailable"; reason: Exclude<LinkState, "live">; practice: Practice }
  | { kind: "open"; context: VisitContext };

const cookieName = "visit";

/** Finds the link and this browser's visit to it; a first visit counts as an opening. */
export function resolveVisit(sandbox: SandboxState, c: Context): VisitResult {
  const link = sandbox.linksByCode.get(c.req.param("code") ?? "");
  const practice = link ? sandbox.findPractice(link.practiceGroupId) : undefined;
  if (!link || !practice) return { kind: "not_found" };
  const basePath = `/s/${link.code}`;
  const existingVisit = sandbox.visits.find(getCookie(c, cookieName), link.id);
  const state = linkState(link, sandbox.clock.nowMs());
  // Patients who have booked can always return to the confirmation.
  if (state !== "live" && !existingVisit?.completedId) {
    if (existingVisit) releaseHold(sandbox, existingVisit.heldAppointmentId);
    return { kind: "unavailable", reason: state, practice };
  }
  if (existingVisit)
    return {
      kind: "open",
      context: { c, sandbox, link, practice, visit: existingVisit, basePath },
    };
  const visit = sandbox.visits.create(link.id);
  link.opens += 1;
  setCookie(c, cookieName, visit.id, {
    path: basePath,
    httpOnly: true,
    sameSite: "Lax",
    secure: sandbox.publicUrl.startsWith("https:"),
  });
  return { kind: "open", context: { c, sandbox, link, practice, visit, basePath } };
}

/** The appointment this visit holds. An expired hold is dropped and explained once. */
export function findHeldAppointment({ sandbox, visit }: VisitContext): AppointmentRecord | null {
  const appointment = visit.heldAppointmentId
    ? sandbox.appointments.get(visit.heldAppointmentId)
    : undefined;
  if (!appointment) return null;
  if (appointmentState(appointment, sandbox.clock.nowMs()) === "reserved") return appointment;
  visit.heldAppointmentId = null;
  visit.notice =
    "We kept that time for 15 minutes and have now let it go. Please choose a time again.";
  return null;
}

export function appointmentTypeOfLink({
  practice,
  link,
}: VisitContext): AppointmentTypeRecord | undefined {
  return practice.appointmentTypes.find((type) => type.id === link.appointmentTypeId);
}

/** The path of the next page of the journey. */
export function nextPath(context: VisitContext): string {
  const { link, visit, basePath } = context;
  if (visit.completedId) return `${basePath}/done`;
  if (link.patientId && !visit.patientId) return basePath;
  if (link.kind !== "booking") {
    return visit.patientId ? `${basePath}/${link.kind}` : `${basePath}/sign-in`;
  }
  if (!findHeldAppointment(context)) return basePath;
  if (!visit.hasReadNotice) return `${basePath}/before`;
  return visit.patientId ? `${basePath}/review` : `${basePath}/sign-in`;
}
