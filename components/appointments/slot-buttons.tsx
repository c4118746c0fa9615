"use client";

import { type KeyboardEvent, useRef, useState } from "react";
import { formatCount } from "@/components/ui/format-count";
import { formatWeekday } from "@/server/schemas/dates";
import {
  describeClockChange,
  type FreeDay,
  type FreeTime,
  formatSlotTime,
  listCalendarRows,
  rowOf,
} from "./slot-times";

type SlotButtonsProps = {
  days: readonly FreeDay[];
  selectedAt: string | null;
  onSelect: (time: FreeTime) => void;
  /** Page Up and Page Down. */
  onChangeWeek: (direction: -1 | 1) => void;
  view: "calendar" | "list";
};

/**
 * The free times of a week. One of them is in the tab order; the arrow keys move between them: up and down
 * within a day, left and right between days, Home and End to the first and last time of the day.
 */
export function SlotButtons({ days, selectedAt, onSelect, onChangeWeek, view }: SlotButtonsProps) {
  const container = useRef<HTMLDivElement>(null);
  const [activeAt, setActiveAt] = useState<string | null>(null);
  const all = days.flatMap(({ times }) => times);
  const has = (startsAt: string | null) => all.some((time) => time.startsAt === startsAt);
  const tabStop = has(activeAt) ? activeAt : has(selectedAt) ? selectedAt : all[0]?.startsAt;

  function focus(time: FreeTime | undefined) {
    if (!time) return;
    setActiveAt(time.startsAt);
    container.current
      ?.querySelector<HTMLButtonElement>(`[data-starts-at="${time.startsAt}"]`)
      ?.focus();
  }

  function move(event: KeyboardEvent<HTMLButtonElement>) {
    const at = event.currentTarget.dataset.startsAt;
    const day = days.find(({ times }) => times.some(({ startsAt }) => startsAt === at));
    if (!at || !day) return;
    if (event.key === "PageUp" || event.key === "PageDown") {
      event.preventDefault();
      return onChangeWeek(event.key === "PageUp" ? -1 : 1);
    }
    const target = findTarget(event.key, at, day, days);
    if (target === undefined) return;
    event.preventDefault();
    focus(target ?? undefined);
  }

  const buttonFor = (time: FreeTime, date: string) => (
    <button
      type="button"
      data-starts-at={time.startsAt}
      tabIndex={time.startsAt === tabStop ? 0 : -1}
      aria-pressed={time.startsAt === selectedAt}
      onKeyDown={move}
      onFocus={() => setActiveAt(time.startsAt)}
      onClick={() => onSelect(time)}
      className="relative inline-flex min-h-8 w-full min-w-18 items-center justify-center gap-1 rounded-md border border-line-strong bg-surface px-2 text-sm whitespace-nowrap tabular-nums hover:border-accent hover:bg-accent-soft aria-pressed:border-accent aria-pressed:bg-accent aria-pressed:text-on-accent pointer-coarse:min-h-11"
    >
      {formatSlotTime(time.startsAt)}
      <span className="sr-only">
        , {formatWeekday(date)}, {formatCount(time.slots.length, "free slot")}
      </span>
      {time.slots.length > 1 ? (
        <span aria-hidden="true" className="text-xs opacity-80">
          ×{time.slots.length}
        </span>
      ) : null}
    </button>
  );

  return (
    <div ref={container}>
      {view === "calendar" ? (
        <Calendar days={days} buttonFor={buttonFor} />
      ) : (
        <List days={days} buttonFor={buttonFor} />
      )}
    </div>
  );
}

/** The time that a key moves to; null at an edge, undefined for other keys. */
function findTarget(
  key: string,
  at: string,
  day: FreeDay,
  days: readonly FreeDay[],
): FreeTime | null | undefined {
  const index = day.times.findIndex(({ startsAt }) => startsAt === at);
  switch (key) {
    case "ArrowUp":
      return day.times[index - 1] ?? null;
    case "ArrowDown":
      return day.times[index + 1] ?? null;
    case "Home":
      return day.times[0] ?? null;
    case "End":
      return day.times.at(-1) ?? null;
    case "ArrowLeft":
    case "ArrowRight": {
      const isLeft = key === "ArrowLeft";
      const others = days.filter(
        ({ date, times }) => times.length > 0 && (isLeft ? date < day.date : date > day.date),
      );
      const next = isLeft ? others.at(-1) : others[0];
      const row = rowOf(at);
      return (
        next?.times.find(({ startsAt }) => rowOf(startsAt) >= row) ?? next?.times.at(-1) ?? null
      );
    }
    default:
      return undefined;
  }
}

type ViewProps = {
  days: readonly FreeDay[];
  buttonFor: (time: FreeTime, date: string) => React.ReactNode;
};

/** Days as columns. Times that are the same on the clock are beside each other. */
function Calendar({ days, buttonFor }: ViewProps) {
  const rows = listCalendarRows(days);
  return (
    <section
      aria-label="Free slots by day"
      className="max-h-[36rem] overflow-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full min-w-[46rem] table-fixed border-collapse">
        <caption className="sr-only">
          Free slots in UK time. Use the arrow keys to move between them.
        </caption>
        <thead className="sticky top-0 z-10 bg-sunken">
          <tr>
            {days.map(({ date, times }) => (
              <th key={date} scope="col" className="border-b border-line px-1.5 py-2 text-sm">
                <DayName date={date} />
                <span className="block text-xs font-normal text-muted">
                  {times.length === 0 ? "None free" : formatCount(times.length, "time")}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              {days.map(({ date, times }) => {
                const time = times.find(({ startsAt }) => rowOf(startsAt) === row);
                return (
                  <td key={date} className="px-1.5 py-0.5">
                    {time ? buttonFor(time, date) : null}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function DayName({ date }: { date: string }) {
  const [weekday = "", day = "", month = ""] = formatWeekday(date).split(" ");
  const change = describeClockChange(date);
  return (
    <>
      <span aria-hidden="true">
        {weekday.slice(0, 3)} {day} {month.slice(0, 3)}
      </span>
      <span className="sr-only">{formatWeekday(date)}</span>
      {change ? <span className="block text-xs font-normal text-ending">{change}</span> : null}
    </>
  );
}

function List({ days, buttonFor }: ViewProps) {
  return (
    <div className="flex flex-col gap-3">
      {days.map(({ date, times }) => (
        <section
          key={date}
          aria-labelledby={`day-${date}`}
          className="rounded-lg border border-line bg-surface p-3 sm:p-4"
        >
          <h3 id={`day-${date}`} className="font-semibold">
            {formatWeekday(date)}
          </h3>
          {describeClockChange(date) ? (
            <p className="text-sm text-ending">{describeClockChange(date)}</p>
          ) : null}
          {times.length === 0 ? (
            <p className="text-sm text-muted">None free</p>
          ) : (
            <ul className="mt-2 grid grid-cols-[repeat(auto-fill,minmax(6.5rem,1fr))] gap-1.5">
              {times.map((time) => (
                <li key={time.startsAt}>{buttonFor(time, date)}</li>
              ))}
            </ul>
          )}
        </section>
      ))}
    </div>
  );
}
