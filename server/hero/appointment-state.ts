import "server-only";
import type { HeroAppointment } from "./appointments";

export type AppointmentState = "reserved" | "booked" | "cancelled" | "lapsed" | "unknown";

/** Of Hero's words none is documented (assumption 23). */
const statesByWord: Readonly<Record<string, AppointmentState>> = {
  reserved: "reserved",
  pending: "reserved",
  booked: "booked",
  confirmed: "booked",
  cancelled: "cancelled",
  canceled: "cancelled",
  lapsed: "lapsed",
  expired: "lapsed",
};

/**
 * The state of an appointment from Hero's two reads of it. It is unknown when the word of
 * `getAppointmentStatus` is not recognised, or contradicts whether the booking was confirmed.
 */
export function appointmentStateOf(
  { booking_confirmed_at }: Pick<HeroAppointment, "booking_confirmed_at">,
  status: string,
): AppointmentState {
  const word = status.toLowerCase();
  const state = Object.hasOwn(statesByWord, word) ? (statesByWord[word] ?? "unknown") : "unknown";
  // A cancelled appointment may have been confirmed before.
  if (state === "cancelled" || state === "unknown") return state;
  return (state === "booked") === (booking_confirmed_at !== null) ? state : "unknown";
}
