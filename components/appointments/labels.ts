import type { AppointmentChangeKind, AppointmentState } from "@/server/schemas/appointments";

export const stateNames: Record<AppointmentState, string> = {
  pending: "Being requested",
  reserved: "Held",
  booked: "Booked",
  cancelled: "Cancelled",
  lapsed: "Lapsed",
  failed: "Not booked",
  unknown: "Unknown",
};

/** What a state means, in a sentence. */
export const stateExplanations: Record<AppointmentState, string> = {
  pending: "Hero has not replied yet.",
  reserved:
    "Hero holds this time for a short while. It is not booked yet, and practice staff can still take it.",
  booked: "Hero's record says that this appointment is booked.",
  cancelled: "This appointment was cancelled. Its time may be free for others.",
  lapsed: "The time was not confirmed, or was released. Nothing is booked.",
  failed: "Hero refused the request. Nothing is booked.",
  unknown:
    "Hero's reply was lost, so the portal cannot find out whether the time is held or booked.",
};

/** The name in one of the practice's lists; Hero's ID where it is not in the list. */
export function nameOfOption(
  options: readonly { id: string; name: string }[],
  id: string,
  noun: string,
): string {
  return options.find((option) => option.id === id)?.name ?? `${noun} ${id}`;
}

export const changeNames: Record<AppointmentChangeKind, string> = {
  edit: "Moving the held time",
  book: "Booking",
  cancel: "Cancelling",
  reschedule: "Moving the appointment",
};
