import { CalendarCheck, CircleX, Hourglass } from "lucide-react";
import type { ReactNode } from "react";
import type { BadgeTone } from "./badge";

export type StateStyle = { tone: BadgeTone; icon?: ReactNode };

/** The badges of the states that links and appointments both have. */
export const sharedStateStyles = {
  booked: { tone: "live", icon: <CalendarCheck /> },
  pending: { tone: "info", icon: <Hourglass /> },
  failed: { tone: "danger", icon: <CircleX /> },
  unknown: { tone: "unknown" },
} as const satisfies Record<string, StateStyle>;
