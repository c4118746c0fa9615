"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type {
  AppointmentChangeResult,
  AppointmentView,
  NearestSlots,
  ReservationResult,
} from "@/server/schemas/appointments";
import type { BookingOptions } from "@/server/schemas/practices";
import type { SlotView } from "@/server/schemas/slots";
import { type BookingAnswers, HeldAppointment } from "./held-appointment";
import { NearestSlotsNotice } from "./nearest-slots";
import { RestrictedInterruption } from "./restricted-interruption";
import { SameDayWarning } from "./same-day-warning";
import { SlotPicker } from "./slot-picker";
import { useOperationIds } from "./use-operation-ids";

type BookAppointmentProps = {
  scope: PortalScope;
  practiceId: string;
  patientId: string;
  options: BookingOptions;
  /** Today's date in the United Kingdom. */
  today: string;
  /** Whether Hero's record of the patient says so. The server asks again before anything is held. */
  isRestricted: boolean;
  canBookRestricted: boolean;
  /** A time that is already held for this patient. */
  initialHeld: AppointmentView | null;
};

type TakenTime = { title: string; nearest: NearestSlots | null };

/** Booking: select a time, hold it, check the answers, book. */
export function BookAppointment(props: BookAppointmentProps) {
  const { scope, practiceId, patientId, options, today } = props;
  const router = useRouter();
  const toast = useToast();
  const operations = useOperationIds();
  const [held, setHeld] = useState(props.initialHeld);
  const [isChangingTime, setChangingTime] = useState(false);
  const [needsConfirmation, setNeedsConfirmation] = useState(props.isRestricted);
  const [confirmedRestricted, setConfirmedRestricted] = useState(false);
  const [taken, setTaken] = useState<TakenTime | null>(null);
  const [ended, setEnded] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const [answers, setAnswers] = useState<BookingAnswers>({ reason: "", tellPatient: null });
  const isRunning = useRef(false);
  // Slots do not say their type: those offered instead are of the one that was searched for.
  const lastTypeId = useRef(props.initialHeld?.appointmentType.id ?? "");
  const client = portalClient(scope.tenant, scope.environment);
  const confirmation = confirmedRestricted ? { confirmedRestricted } : {};
  const patientPath = `/patients/${practiceId}/${patientId}`;
  const showAppointment = (id: string) => router.push(portalPath(scope, `/appointments/${id}`));

  /** Runs one step at a time. A warning about a restricted record that the server raises interrupts. */
  async function run(step: () => Promise<"navigating" | "staying">) {
    if (isRunning.current) return;
    isRunning.current = true;
    setPending(true);
    setProblem(null);
    let outcome: "navigating" | "staying" = "staying";
    try {
      outcome = await step();
    } catch (error) {
      const failure = toCallFailure(error);
      if (failure.fieldErrors.confirmedRestricted) setNeedsConfirmation(true);
      else {
        const [fieldError] = Object.values(failure.fieldErrors);
        setProblem(fieldError ?? describeFailure(failure));
      }
    }
    if (outcome === "navigating") return;
    isRunning.current = false;
    setPending(false);
  }

  function showHeld(appointment: AppointmentView) {
    setHeld(appointment);
    setChangingTime(false);
    setTaken(null);
    setEnded(null);
    // A reload, or a copy of the tab, shows the same held time.
    window.history.replaceState(
      null,
      "",
      portalPath(scope, `${patientPath}/book`, { appointment: appointment.id }),
    );
  }

  function forgetHeld(reason: string | null) {
    setHeld(null);
    setChangingTime(false);
    setEnded(reason);
    window.history.replaceState(null, "", portalPath(scope, `${patientPath}/book`));
  }

  async function hold(slot: SlotView, appointmentTypeId: string) {
    lastTypeId.current = appointmentTypeId;
    const result: ReservationResult = await client.appointments.reserve.mutate({
      operationId: operations.idFor(slot.id),
      practiceId,
      patientId,
      slotId: slot.id,
      startsAt: slot.startsAt,
      appointmentTypeId,
      locationId: slot.locationId,
      ...confirmation,
    });
    if (result.outcome === "held" && result.appointment) {
      showHeld(result.appointment);
      return "staying" as const;
    }
    if (result.outcome === "slot_taken") {
      operations.forget(slot.id);
      setTaken({ title: "This time is no longer free", nearest: result.nearest });
      return "staying" as const;
    }
    if (result.outcome === "failed") {
      operations.forget(slot.id);
      setProblem(result.appointment?.reason ?? "Hero refused to hold this time.");
      return "staying" as const;
    }
    if (result.appointment) showAppointment(result.appointment.id);
    return "navigating" as const;
  }

  async function moveHeld(appointment: AppointmentView, slot: SlotView) {
    const intention = `edit ${slot.id}`;
    const result = await client.appointments.edit.mutate({
      operationId: operations.idFor(intention),
      appointmentId: appointment.id,
      slotId: slot.id,
      ...confirmation,
    });
    if (result.outcome === "made") {
      showHeld(result.appointment);
      return "staying" as const;
    }
    return showUnmade(result, intention);
  }

  async function book(
    appointment: AppointmentView,
    checked: { reason: string; tellPatient: boolean },
  ) {
    const intention = `book ${appointment.id}`;
    const result = await client.appointments.book.mutate({
      operationId: operations.idFor(intention),
      appointmentId: appointment.id,
      ...checked,
      ...confirmation,
    });
    if (result.outcome === "made") {
      toast({ tone: "success", title: "Appointment booked" });
      showAppointment(result.appointment.id);
      return "navigating" as const;
    }
    return showUnmade(result, intention);
  }

  /** A change that Hero refused, or of which nothing is known yet. */
  function showUnmade(result: AppointmentChangeResult, intention: string) {
    if (result.outcome === "pending" || result.outcome === "unknown") {
      showAppointment(result.appointment.id);
      return "navigating" as const;
    }
    operations.forget(intention);
    const reason = result.reason ?? "Hero refused the change.";
    if (result.appointment.state === "reserved") setHeld(result.appointment);
    else if (result.appointment.state === "booked") {
      showAppointment(result.appointment.id);
      return "navigating" as const;
    } else forgetHeld(reason);
    if (result.nearest) setTaken({ title: reason, nearest: result.nearest });
    else setProblem(reason);
    return "staying" as const;
  }

  async function release(appointment: AppointmentView) {
    const intention = `release ${appointment.id}`;
    const result = await client.appointments.release.mutate({
      operationId: operations.idFor(intention),
      appointmentId: appointment.id,
    });
    if (result.outcome !== "made") return showUnmade(result, intention);
    forgetHeld(null);
    toast({ tone: "info", title: "The time was released. Nothing is booked" });
    return "staying" as const;
  }

  /** Only Hero knows whether a hold has ended. */
  async function readHeld(appointment: AppointmentView) {
    const { appointment: read } = await client.appointments.refresh.mutate({
      appointmentId: appointment.id,
    });
    if (read.state === "reserved") setHeld(read);
    else if (read.state === "booked") {
      showAppointment(read.id);
      return "navigating" as const;
    } else forgetHeld("The hold has ended. Nothing is booked.");
    return "staying" as const;
  }

  if (needsConfirmation && !confirmedRestricted) {
    return (
      <RestrictedInterruption
        patientHref={portalPath(scope, patientPath)}
        canBook={props.canBookRestricted}
        onConfirm={() => {
          setConfirmedRestricted(true);
          setNeedsConfirmation(false);
        }}
      />
    );
  }

  const pick = (slot: SlotView, appointmentTypeId = lastTypeId.current) =>
    void run(() => (held ? moveHeld(held, slot) : hold(slot, appointmentTypeId)));
  const messages = (
    <>
      {taken ? (
        <NearestSlotsNotice
          title={taken.title}
          nearest={taken.nearest}
          options={options}
          pending={pending}
          onSelect={(slot) => pick(slot)}
        />
      ) : null}
      {ended && !taken ? (
        <Notice tone="warning" title={ended} role="alert">
          Select a time again.
        </Notice>
      ) : null}
    </>
  );

  if (held && !isChangingTime) {
    return (
      <div className="flex flex-col gap-5">
        {messages}
        <HeldAppointment
          key={held.id}
          scope={scope}
          appointment={held}
          pending={pending}
          problem={problem}
          answers={answers}
          onChangeAnswers={setAnswers}
          onBook={(checked) => void run(() => book(held, checked))}
          onChangeTime={() => setChangingTime(true)}
          onRelease={() => void run(() => release(held))}
          onHoldEnd={() => void run(() => readHeld(held))}
        />
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      {messages}
      {held ? (
        <div>
          <Button onClick={() => setChangingTime(false)}>Keep the held time</Button>
        </div>
      ) : null}
      <SlotPicker
        scope={scope}
        practiceId={practiceId}
        options={options}
        today={today}
        isTypeFixed={held !== null}
        initialSearch={{
          appointmentTypeId: held?.appointmentType.id ?? onlyId(options.appointmentTypes),
          locationId: held?.location.id ?? onlyId(options.locations),
          practitionerId: "",
          weekdays: [],
        }}
        current={held ? { startsAt: held.startsAt, practitionerId: held.practitioner.id } : null}
        selectLabel="Hold this time"
        pending={pending}
        problem={problem}
        onSelect={pick}
        describeSelection={(slot) => (
          <SameDayWarning
            scope={scope}
            practiceId={practiceId}
            patientId={patientId}
            startsAt={slot.startsAt}
            exceptId={held?.id}
          />
        )}
      />
    </div>
  );
}

const onlyId = (options: readonly { id: string }[]): string =>
  options.length === 1 ? (options[0]?.id ?? "") : "";
