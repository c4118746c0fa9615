"use client";

import { CalendarDays, CalendarSearch, ChevronLeft, ChevronRight, List } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { useLiveQuery } from "@/components/forms/use-live-query";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Failure } from "@/components/ui/failure";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { Timestamp } from "@/components/ui/timestamp";
import { addDays, formatLocalDate, ukDateOf } from "@/server/schemas/dates";
import type { BookingOptions } from "@/server/schemas/practices";
import type { SlotView } from "@/server/schemas/slots";
import { SelectedTime } from "./selected-time";
import { SlotButtons } from "./slot-buttons";
import { type SlotSearch, SlotSearchFields } from "./slot-search-fields";
import { type FreeTime, formatSlot, formatWeek, groupByDay, mondayOf } from "./slot-times";

type SlotPickerProps = {
  scope: PortalScope;
  practiceId: string;
  options: BookingOptions;
  /** Today's date in the United Kingdom. */
  today: string;
  initialSearch: SlotSearch;
  isTypeFixed?: boolean;
  /** The appointment's current time: it is not offered again. */
  current?: { startsAt: string; practitionerId: string } | null;
  /** "Hold this time". */
  selectLabel: string;
  pending: boolean;
  problem: string | null;
  onSelect: (slot: SlotView, appointmentTypeId: string) => void;
  /** What to know before a slot is taken, such as another appointment on its day. */
  describeSelection?: (slot: SlotView) => ReactNode;
};

/** Free slots by week, and the next one. A time is selected first, then confirmed with its details. */
export function SlotPicker(props: SlotPickerProps) {
  const { scope, practiceId, options, today, current, isTypeFixed = false } = props;
  const [search, setSearch] = useState(props.initialSearch);
  const [monday, setMonday] = useState(() => mondayOf(today));
  const [view, setView] = useState<"calendar" | "list">(() =>
    window.matchMedia("(min-width: 64rem)").matches ? "calendar" : "list",
  );
  const [selected, setSelected] = useState<FreeTime | null>(null);
  const [reloads, setReloads] = useState(0);
  const [nextResult, setNextResult] = useState<ReactNode>(null);
  const isSearchComplete = search.appointmentTypeId !== "" && search.locationId !== "";
  const input = { practiceId, ...search, weekdays: [...search.weekdays] };
  const week = useLiveQuery(
    isSearchComplete ? JSON.stringify([input, monday, reloads]) : null,
    () =>
      portalClient(scope.tenant, scope.environment).slots.list.query({
        ...input,
        firstDay: monday,
      }),
    150,
  );
  const reload = () => setReloads((count) => count + 1);

  // A page that the browser kept for its Back button has old times.
  useEffect(() => {
    const reloadOldPage = (event: PageTransitionEvent) => {
      if (event.persisted) setReloads((count) => count + 1);
    };
    window.addEventListener("pageshow", reloadOldPage);
    return () => window.removeEventListener("pageshow", reloadOldPage);
  }, []);

  function changeSearch(next: SlotSearch) {
    setSearch(next);
    setSelected(null);
    setNextResult(null);
  }

  function changeWeek(next: string) {
    if (next < mondayOf(today)) return;
    setMonday(next);
    setSelected(null);
    setNextResult(null);
  }

  const isCurrent = (slot: SlotView) =>
    slot.startsAt === current?.startsAt && slot.practitionerId === current.practitionerId;

  const findNext = useAction(async () => {
    const { slot, isComplete, searchedTo } = await portalClient(
      scope.tenant,
      scope.environment,
    ).slots.next.query(input);
    if (slot) {
      const date = ukDateOf(new Date(slot.startsAt));
      setMonday(mondayOf(date));
      setSelected({ startsAt: slot.startsAt, slots: [slot] });
      setNextResult(
        isComplete ? null : (
          <Notice tone="warning" title="Not all slots could be read" role="status">
            An earlier slot may be free.
          </Notice>
        ),
      );
    } else {
      setNextResult(
        <Notice
          tone={isComplete ? "info" : "warning"}
          title={
            isComplete
              ? `No free slot until ${formatLocalDate(searchedTo)}`
              : "Not all slots could be read"
          }
          role="status"
        >
          {isComplete
            ? "Try another location, practitioner or day."
            : "A slot may be free. Try again, or look through the weeks."}
        </Notice>,
      );
    }
    return "staying";
  });

  const slots = week.state === "loaded" ? week.data.slots.filter((slot) => !isCurrent(slot)) : [];
  return (
    <div className="flex flex-col gap-5">
      <Card aria-label="Search">
        <SlotSearchFields
          options={options}
          search={search}
          onChange={changeSearch}
          isTypeFixed={isTypeFixed}
        />
      </Card>
      {isSearchComplete ? (
        <section aria-labelledby="week" className="flex flex-col gap-3">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <div>
              <h2 id="week" className="text-lg font-semibold">
                {formatWeek(monday)}
              </h2>
              <p className="text-sm text-muted">All times are UK time.</p>
            </div>
            <div className="flex flex-wrap gap-2">
              <Button
                size="sm"
                icon={<ChevronLeft />}
                disabled={monday <= mondayOf(today)}
                onClick={() => changeWeek(addDays(monday, -7))}
              >
                Previous week
              </Button>
              <Button size="sm" onClick={() => changeWeek(addDays(monday, 7))}>
                Next week
                <ChevronRight aria-hidden="true" className="-mr-0.5 size-4" />
              </Button>
              <Button
                size="sm"
                icon={<CalendarSearch />}
                pending={findNext.pending}
                onClick={findNext.run}
              >
                {findNext.pending ? "Searching…" : "Next free slot"}
              </Button>
              <fieldset className="flex">
                <legend className="sr-only">Show as</legend>
                {(["calendar", "list"] as const).map((each) => (
                  <Button
                    key={each}
                    size="sm"
                    icon={each === "calendar" ? <CalendarDays /> : <List />}
                    aria-pressed={view === each}
                    className="first-of-type:rounded-r-none last-of-type:-ml-px last-of-type:rounded-l-none aria-pressed:border-accent aria-pressed:bg-accent-soft"
                    onClick={() => setView(each)}
                  >
                    {each === "calendar" ? "Calendar" : "List"}
                  </Button>
                ))}
              </fieldset>
            </div>
          </div>
          {findNext.problem ? (
            <Notice tone="danger" title="Could not find the next free slot" role="alert">
              {findNext.problem}
            </Notice>
          ) : null}
          {nextResult}
          {current ? (
            <Notice tone="info" title="The current time is not offered again">
              {formatCurrent(current.startsAt)}
            </Notice>
          ) : null}
          <div role="status" className="text-sm text-muted">
            {week.state === "loading" ? "Reading free slots from Hero…" : null}
            {week.state === "loaded" ? (
              <>
                {describeCount(slots.length, week.data.isComplete)} Read at{" "}
                <Timestamp iso={week.data.readAt} />.{" "}
                <button type="button" className="link" onClick={reload}>
                  Refresh
                </button>
              </>
            ) : null}
          </div>
          {week.state === "loading" ? (
            <div aria-hidden="true" className="grid grid-cols-3 gap-2 lg:grid-cols-7">
              {Array.from({ length: 21 }, (_, index) => (
                <Skeleton key={index} className="h-8 rounded-md" />
              ))}
            </div>
          ) : null}
          {week.state === "failed" ? (
            <Failure title="Could not read free slots" retry={week.retry}>
              {week.problem} Nothing was held or booked.
            </Failure>
          ) : null}
          {week.state === "loaded" && !week.data.isComplete ? (
            <Notice
              tone="warning"
              title="Not all slots could be read"
              action={<Button onClick={reload}>Try again</Button>}
            >
              We could not read Hero&apos;s list to its end. Other slots of this week may be free.
            </Notice>
          ) : null}
          {week.state === "loaded" && slots.length > 0 ? (
            <SlotButtons
              key={view}
              days={groupByDay(slots, monday)}
              selectedAt={selected?.startsAt ?? null}
              onSelect={setSelected}
              onChangeWeek={(direction) => changeWeek(addDays(monday, 7 * direction))}
              view={view}
            />
          ) : null}
          {selected ? (
            <SelectedTime
              key={selected.startsAt}
              time={selected}
              options={options}
              selectLabel={props.selectLabel}
              pending={props.pending}
              problem={props.problem}
              onSelect={(slot) => props.onSelect(slot, search.appointmentTypeId)}
              onCancel={() => setSelected(null)}
              describeSelection={props.describeSelection}
            />
          ) : null}
        </section>
      ) : (
        <p className="text-muted">Select an appointment type and a location to see free slots.</p>
      )}
    </div>
  );
}

function describeCount(count: number, isComplete: boolean): string {
  if (count > 0) return `${count.toLocaleString("en-GB")} free ${count === 1 ? "slot" : "slots"}.`;
  return isComplete ? "No free slots in this week for this selection." : "";
}

const formatCurrent = (startsAt: string) =>
  formatSlot({ startsAt, endsAt: startsAt }).replace(/ to .*$/, "");
