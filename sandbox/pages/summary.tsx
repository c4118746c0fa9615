/** @jsxImportSource hono/jsx */
import { dayInWords, fullDayInWords, londonDate, timeInWords } from "../london";
import type { AppointmentRecord, Clinician, Practice, VisitType } from "../state/model";
import { type Stage, typeOfLink } from "./stage";

export function clinicianName(clinician: Clinician): string {
  return [clinician.title, clinician.firstName, clinician.lastName].filter(Boolean).join(" ");
}

/** How and where the patient meets the clinician. */
export function meetingText(type: VisitType): string {
  if (type.inPerson && type.video) return "In person or by video";
  if (type.inPerson) return "In person";
  return type.video ? "By video" : "By telephone: we call you";
}

/** What is being booked, as far as it is settled. */
export function BookingFacts({
  practice,
  type,
  appointment,
  locationId,
}: {
  practice: Practice;
  type: VisitType | undefined;
  appointment: AppointmentRecord | null;
  locationId: string | null;
}) {
  const place = practice.places.find((one) => one.id === (appointment?.locationId ?? locationId));
  const clinician = practice.clinicians.find((one) => one.id === appointment?.practitionerId);
  return (
    <dl class="facts">
      {type && (
        <>
          <dt>Appointment</dt>
          <dd>
            {type.name}, {type.durationMinutes} minutes
          </dd>
          <dt>How</dt>
          <dd>{meetingText(type)}</dd>
        </>
      )}
      {appointment && (
        <>
          <dt>When</dt>
          <dd>
            {fullDayInWords(londonDate(appointment.startAtMs))} at{" "}
            {timeInWords(appointment.startAtMs)}
          </dd>
        </>
      )}
      {clinician && (
        <>
          <dt>With</dt>
          <dd>{clinicianName(clinician)}</dd>
        </>
      )}
      {place && type?.inPerson && (
        <>
          <dt>Where</dt>
          <dd>
            {place.name}
            <br />
            {place.address.line_1}, {place.address.town} {place.address.postcode}
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

/** The column beside the page. */
export function Aside({
  stage,
  appointment,
}: {
  stage: Stage;
  appointment: AppointmentRecord | null;
}) {
  return (
    <>
      <h2>Your appointment</h2>
      <BookingFacts
        practice={stage.practice}
        type={typeOfLink(stage)}
        appointment={appointment}
        locationId={stage.link.locationId}
      />
      {appointment?.reservedUntilMs && (
        <p class="hold">
          We are keeping this time for you until {timeInWords(appointment.reservedUntilMs)}.
        </p>
      )}
    </>
  );
}

/** "9:40am on Tuesday 24 November". */
export function whenText(appointment: AppointmentRecord): string {
  const day = dayInWords(londonDate(appointment.startAtMs));
  return `${timeInWords(appointment.startAtMs)} on ${day}`;
}
