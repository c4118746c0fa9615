/** @jsxImportSource hono/jsx */
import { addDays, dayInWords, londonMinutes, mondayOf, timeInWords } from "../london";
import { holdSlot, releaseHold } from "../state/appointments";
import { slotsOfLink } from "../state/links";
import type { Clinician, SlotRecord } from "../state/model";
import { patientPage } from "./patient-page";
import { heldAppointment, nextAddress, type Stage, typeOfLink } from "./stage";
import { Aside, clinicianName, whenText } from "./summary";

/** Days and times, one week at a time. */
export function timesPage(stage: Stage) {
  const { c, world, practice, link, visit, base } = stage;
  const held = heldAppointment(stage);
  const all = slotsOfLink(world, practice, link);
  const clinicians = practice.clinicians.filter((one) =>
    all.some((slot) => slot.practitionerId === one.id),
  );
  const wantedId = c.req.query("with") ?? "";
  const chosen = clinicians.find((one) => one.id === wantedId);
  const slots = chosen ? all.filter((slot) => slot.practitionerId === chosen.id) : all;
  const weeks = [...new Set(slots.map((slot) => mondayOf(slot.date)))].sort();
  const week = weeks.find((one) => one === c.req.query("week")) ?? weeks[0];
  const notice = visit.notice;
  visit.notice = null;
  return patientPage(c, {
    title: "Choose a time",
    practice,
    step: link.patientId ? "Step 2 of 4" : "Step 1 of 4",
    aside: <Aside stage={stage} appointment={null} />,
    body: (
      <>
        {notice && <output class="notice">{notice}</output>}
        <h1>Choose a day and time</h1>
        {held && (
          <p class="notice">
            We are keeping {whenText(held)} for you. <a href={`${base}/before`}>Go on with it</a>,
            or choose another time below.
          </p>
        )}
        {clinicians.length > 1 && !link.practitionerId && (
          <ClinicianChoice base={base} clinicians={clinicians} chosen={chosen} />
        )}
        {week ? (
          <form method="post" action={`${base}/time`}>
            <input type="hidden" name="token" value={visit.formToken} />
            <WeekLinks base={base} weeks={weeks} week={week} clinicianId={chosen?.id} />
            <Days slots={slots.filter((slot) => mondayOf(slot.date) === week)} />
          </form>
        ) : (
          <NoTimes stage={stage} />
        )}
      </>
    ),
  });
}

/** Holds the chosen time; when somebody else was quicker, says so and shows what is left. */
export function chooseTime(stage: Stage, form: Map<string, string>) {
  const { c, world, practice, link, visit, base } = stage;
  const slot = slotsOfLink(world, practice, link).find((one) => one.id === form.get("slot"));
  const appointment = slot ? holdSlot(world, practice, link, slot) : null;
  if (!appointment) {
    visit.notice = "Somebody else has just taken that time. Please choose another.";
    return c.redirect(base, 303);
  }
  releaseHold(world, visit.heldId);
  visit.heldId = appointment.id;
  visit.hasReadNotice = false;
  return c.redirect(nextAddress(stage), 303);
}

function NoTimes({ stage }: { stage: Stage }) {
  const type = typeOfLink(stage);
  return (
    <div class="empty">
      <h2>No times are free just now</h2>
      <p>
        All times for {type?.name ?? "this appointment"} are taken. New ones are added often, so try
        again tomorrow, or call {stage.practice.telephone}.
      </p>
    </div>
  );
}

function ClinicianChoice({
  base,
  clinicians,
  chosen,
}: {
  base: string;
  clinicians: Clinician[];
  chosen: Clinician | undefined;
}) {
  return (
    <form class="choice" method="get" action={base}>
      <label>
        Who would you like to see?
        <select name="with">
          <option value="">Anyone who is free</option>
          {clinicians.map((one) => (
            <option key={one.id} value={one.id} selected={one.id === chosen?.id}>
              {clinicianName(one)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Show times</button>
    </form>
  );
}

function WeekLinks(props: { base: string; weeks: string[]; week: string; clinicianId?: string }) {
  const at = props.weeks.indexOf(props.week);
  const address = (week: string) =>
    `${props.base}?week=${week}${props.clinicianId ? `&with=${props.clinicianId}` : ""}`;
  const [earlier, later] = [props.weeks[at - 1], props.weeks[at + 1]];
  return (
    <nav class="weeks" aria-label="Weeks">
      {earlier ? <a href={address(earlier)}>Earlier</a> : <span />}
      <h2>{weekInWords(props.week)}</h2>
      {later ? <a href={address(later)}>Later</a> : <span />}
    </nav>
  );
}

/** "23 to 27 November", or with both months when they differ. */
function weekInWords(monday: string): string {
  const [, fromDay, fromMonth] = dayInWords(monday).split(" ");
  const [, toDay, toMonth] = dayInWords(addDays(monday, 4)).split(" ");
  const from = fromMonth === toMonth ? fromDay : `${fromDay} ${fromMonth}`;
  return `${from} to ${toDay} ${toMonth}`;
}

function Days({ slots }: { slots: SlotRecord[] }) {
  const dates = [...new Set(slots.map((slot) => slot.date))];
  return dates.map((date, index) => {
    const times = firstAtEachTime(slots.filter((slot) => slot.date === date));
    const isMorning = (slot: SlotRecord) => londonMinutes(slot.startAtMs) < 12 * 60;
    return (
      <details key={date} class="day" open={index === 0}>
        <summary>
          <h3>{dayInWords(date)}</h3>
          <span>{times.length === 1 ? "1 time" : `${times.length} times`}</span>
        </summary>
        <PartOfDay name="Morning" day={date} slots={times.filter(isMorning)} />
        <PartOfDay name="Afternoon" day={date} slots={times.filter((slot) => !isMorning(slot))} />
      </details>
    );
  });
}

/** Two clinicians free at the same time are one choice; the review says who it is. */
function firstAtEachTime(slots: SlotRecord[]): SlotRecord[] {
  const byTime = new Map<number, SlotRecord>();
  for (const slot of slots) if (!byTime.has(slot.startAtMs)) byTime.set(slot.startAtMs, slot);
  return [...byTime.values()];
}

function PartOfDay({ name, day, slots }: { name: string; day: string; slots: SlotRecord[] }) {
  if (slots.length === 0) return null;
  return (
    <>
      <h4>{name}</h4>
      <ul class="times">
        {slots.map((slot) => (
          <li key={slot.id}>
            <button type="submit" name="slot" value={slot.id}>
              {timeInWords(slot.startAtMs)}
              <span class="unseen"> on {dayInWords(day)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
