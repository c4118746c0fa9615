/** @jsxImportSource hono/jsx */
import { formatDay, formatDayWithYear, londonDate, formatTime } from "../state/time";
import type {
  AppointmentRecord,
  PractitionerRecord,
  Practice,
  AppointmentTypeRecord,
} from "../state/model";
import { type VisitContext, appointmentTypeOfLink } from "./visit-context";

export function practitionerName(practitioner: PractitionerRecord): string {
  return [practitioner.title, practitioner.firstName, practitioner.lastName]
    .filter(Boolean)
    .join(" ");
}

function meetingModeText(type: AppointmentTypeRecord): string {
  if (type.inPerson && type.video) return "In person or by video";
  if (type.inPerson) return "In person";
  return type.video ? "By video" : "By telephone: we call you";
}

/** What is being booked, as far as it is known. */
export function BookingSummary({
  practice,
  type,
  appointment,
  locationId,
}: {
  practice: Practice;
  type: AppointmentTypeRecord | undefined;
  appointment: AppointmentRecord | null;
  locationId: string | null;
}) {
  const location = practice.locations.find(
    (item) => item.id === (appointment?.locationId ?? locationId),
  );
  const practitioner = practice.practitioners.find(
    (item) => item.id === appointment?.practitionerId,
  );
  return (
    <dl class="facts">
      {type && (
        <>
          <dt>Appointment</dt>
          <dd>
            {type.name}, {type.durationMinutes} minutes
          </dd>
          <dt>How</dt>
          <dd>{meetingModeText(type)}</dd>
        </>
      )}
      {appointment && (
        <>
          <dt>When</dt>
          <dd>
            {formatDayWithYear(londonDate(appointment.startAtMs))} at{" "}
            {formatTime(appointment.startAtMs)}
          </dd>
        </>
      )}
      {practitioner && (
        <>
          <dt>With</dt>
          <dd>{practitionerName(practitioner)}</dd>
        </>
      )}
      {location && type?.inPerson && (
        <>
          <dt>Where</dt>
          <dd>
            {location.name}
            <br />
            {location.address.line_1}, {location.address.town} {location.address.postcode}
          </dd>
        </>
      )}
      {type && type.price > 0 && (
        <>
          <dt>Price</dt>
          <dd>£{type.price.toFixed(2)}</dd>
        </>
      )}
    </dl>
  );
}

export function BookingAside({
  context,
  appointment,
}: {
  context: VisitContext;
  appointment: AppointmentRecord | null;
}) {
  return (
    <>
      <h2>Your appointment</h2>
      <BookingSummary
        practice={context.practice}
        type={appointmentTypeOfLink(context)}
        appointment={appointment}
        locationId={context.link.locationId}
      />
      {appointment?.reservedUntilMs && (
        <p class="hold">
          We are keeping this time for you until {formatTime(appointment.reservedUntilMs)}.
        </p>
      )}
    </>
  );
}

/** "9:40am on Tuesday 24 November". */
export function appointmentTimeText(appointment: AppointmentRecord): string {
  const day = formatDay(londonDate(appointment.startAtMs));
  return `${formatTime(appointment.startAtMs)} on ${day}`;
}
