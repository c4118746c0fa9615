/** @jsxImportSource hono/jsx */
import { addDays, formatDay, londonMinutes, mondayOf, formatTime } from "../state/time";
import { holdSlot, releaseHold } from "../state/appointments";
import { listFreeSlotsOfLink } from "../state/links";
import type { PractitionerRecord, SlotRecord } from "../state/model";
import { patientPage } from "./patient-page";
import {
  findHeldAppointment,
  nextPath,
  type VisitContext,
  appointmentTypeOfLink,
} from "./visit-context";
import { BookingAside, practitionerName, appointmentTimeText } from "./booking-summary";

export function timesPage(context: VisitContext) {
  const { c, sandbox, practice, link, visit, basePath } = context;
  const appointment = findHeldAppointment(context);
  const allSlots = listFreeSlotsOfLink(sandbox, practice, link);
  const practitioners = practice.practitioners.filter((item) =>
    allSlots.some((slot) => slot.practitionerId === item.id),
  );
  const requestedId = c.req.query("with") ?? "";
  const selected = practitioners.find((item) => item.id === requestedId);
  const slots = selected
    ? allSlots.filter((slot) => slot.practitionerId === selected.id)
    : allSlots;
  const weeks = [...new Set(slots.map((slot) => mondayOf(slot.date)))].sort();
  const week = weeks.find((item) => item === c.req.query("week")) ?? weeks[0];
  const notice = visit.notice;
  visit.notice = null;
  return patientPage(c, {
    title: "Choose a time",
    practice,
    step: link.patientId ? "Step 2 of 4" : "Step 1 of 4",
    aside: <BookingAside context={context} appointment={null} />,
    body: (
      <>
        {notice && <output class="notice">{notice}</output>}
        <h1>Choose a day and time</h1>
        {appointment && (
          <p class="notice">
            We are keeping {appointmentTimeText(appointment)} for you.{" "}
            <a href={`${basePath}/before`}>Continue with it</a>, or choose another time below.
          </p>
        )}
        {practitioners.length > 1 && !link.practitionerId && (
          <PractitionerFilter
            basePath={basePath}
            practitioners={practitioners}
            selected={selected}
          />
        )}
        {week ? (
          <form method="post" action={`${basePath}/time`}>
            <input type="hidden" name="token" value={visit.formToken} />
            <WeekLinks
              basePath={basePath}
              weeks={weeks}
              week={week}
              practitionerId={selected?.id}
            />
            <Days slots={slots.filter((slot) => mondayOf(slot.date) === week)} />
          </form>
        ) : (
          <NoTimes context={context} />
        )}
      </>
    ),
  });
}

/** Holds the chosen time, or explains that it has just been taken. */
export function chooseTime(context: VisitContext, form: Map<string, string>) {
  const { c, sandbox, practice, link, visit, basePath } = context;
  const slot = listFreeSlotsOfLink(sandbox, practice, link).find(
    (item) => item.id === form.get("slot"),
  );
  const appointment = slot ? holdSlot(sandbox, practice, link, slot) : null;
  if (!appointment) {
    visit.notice = "Somebody else has just taken that time. Please choose another.";
    return c.redirect(basePath, 303);
  }
  releaseHold(sandbox, visit.heldAppointmentId);
  visit.heldAppointmentId = appointment.id;
  visit.hasReadNotice = false;
  return c.redirect(nextPath(context), 303);
}

function NoTimes({ context }: { context: VisitContext }) {
  const type = appointmentTypeOfLink(context);
  return (
    <div class="empty">
      <h2>No times are free just now</h2>
      <p>
        All times for {type?.name ?? "this appointment"} are taken. New ones are added often, so try
        again tomorrow, or call {context.practice.telephone}.
      </p>
    </div>
  );
}

function PractitionerFilter({
  basePath,
  practitioners,
  selected,
}: {
  basePath: string;
  practitioners: PractitionerRecord[];
  selected: PractitionerRecord | undefined;
}) {
  return (
    <form class="choice" method="get" action={basePath}>
      <label>
        Who would you like to see?
        <select name="with">
          <option value="">Anyone who is free</option>
          {practitioners.map((item) => (
            <option key={item.id} value={item.id} selected={item.id === selected?.id}>
              {practitionerName(item)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Show times</button>
    </form>
  );
}

function WeekLinks(props: {
  basePath: string;
  weeks: string[];
  week: string;
  practitionerId?: string;
}) {
  const index = props.weeks.indexOf(props.week);
  const hrefOf = (week: string) =>
    `${props.basePath}?week=${week}${props.practitionerId ? `&with=${props.practitionerId}` : ""}`;
  const [earlier, later] = [props.weeks[index - 1], props.weeks[index + 1]];
  return (
    <nav class="weeks" aria-label="Weeks">
      {earlier ? <a href={hrefOf(earlier)}>Earlier</a> : <span />}
      <h2>{formatWeek(props.week)}</h2>
      {later ? <a href={hrefOf(later)}>Later</a> : <span />}
    </nav>
  );
}

/** "23 to 27 November", or with both months when they differ. */
function formatWeek(monday: string): string {
  const [, fromDay, fromMonth] = formatDay(monday).split(" ");
  const [, toDay, toMonth] = formatDay(addDays(monday, 4)).split(" ");
  const from = fromMonth === toMonth ? fromDay : `${fromDay} ${fromMonth}`;
  return `${from} to ${toDay} ${toMonth}`;
}

function Days({ slots }: { slots: SlotRecord[] }) {
  const dates = [...new Set(slots.map((slot) => slot.date))];
  return dates.map((date, index) => {
    const times = uniqueByTime(slots.filter((slot) => slot.date === date));
    const isMorning = (slot: SlotRecord) => londonMinutes(slot.startAtMs) < 12 * 60;
    return (
      <details key={date} class="day" open={index === 0}>
        <summary>
          <h3>{formatDay(date)}</h3>
          <span>{times.length === 1 ? "1 time" : `${times.length} times`}</span>
        </summary>
        <SlotGroup name="Morning" date={date} slots={times.filter(isMorning)} />
        <SlotGroup name="Afternoon" date={date} slots={times.filter((slot) => !isMorning(slot))} />
      </details>
    );
  });
}

/** Two clinicians free at the same time are one choice; the review page names the clinician. */
function uniqueByTime(slots: SlotRecord[]): SlotRecord[] {
  const byTime = new Map<number, SlotRecord>();
  for (const slot of slots) if (!byTime.has(slot.startAtMs)) byTime.set(slot.startAtMs, slot);
  return [...byTime.values()];
}

function SlotGroup({ name, date, slots }: { name: string; date: string; slots: SlotRecord[] }) {
  if (slots.length === 0) return null;
  return (
    <>
      <h4>{name}</h4>
      <ul class="times">
        {slots.map((slot) => (
          <li key={slot.id}>
            <button type="submit" name="slot" value={slot.id}>
              {formatTime(slot.startAtMs)}
              <span class="unseen"> on {formatDay(date)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
