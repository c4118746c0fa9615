"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";
import { ProductionWarning } from "@/components/shell/production-warning";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { useToast } from "@/components/ui/toast";
import type { AppointmentView, NearestSlots } from "@/server/schemas/appointments";
import type { BookingOptions } from "@/server/schemas/practices";
import type { SlotView } from "@/server/schemas/slots";
import { nameOfOption } from "./labels";
import { NearestSlotsNotice } from "./nearest-slots";
import { RestrictedInterruption } from "./restricted-interruption";
import { SameDayWarning } from "./same-day-warning";
import { SlotPicker } from "./slot-picker";
import { formatSlot } from "./slot-times";
import { TellPatientField } from "./tell-patient-field";
import { useOperationIds } from "./use-operation-ids";

type RescheduleAppointmentProps = {
  scope: PortalScope;
  appointment: AppointmentView;
  options: BookingOptions;
  /** Today's date in the United Kingdom. */
  today: string;
  isRestricted: boolean;
  canBookRestricted: boolean;
};

/** Moves a booked appointment: select a time, check it against the present one, move. */
export function RescheduleAppointment(props: RescheduleAppointmentProps) {
  const { scope, appointment, options, today } = props;
  const router = useRouter();
  const toast = useToast();
  const operations = useOperationIds();
  const [slot, setSlot] = useState<SlotView | null>(null);
  const [tellPatient, setTellPatient] = useState<boolean | null>(null);
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [taken, setTaken] = useState<{ title: string; nearest: NearestSlots } | null>(null);
  const [needsConfirmation, setNeedsConfirmation] = useState(props.isRestricted);
  const [confirmedRestricted, setConfirmedRestricted] = useState(false);
  const [pending, setPending] = useState(false);
  const isRunning = useRef(false);
  const heading = useRef<HTMLSpanElement>(null);
  const appointmentPath = portalPath(scope, `/appointments/${appointment.id}`);

  function select(selected: SlotView | null) {
    setSlot(selected);
    setTaken(null);
    setErrors([]);
    requestAnimationFrame(() => heading.current?.focus());
  }

  async function move(target: SlotView) {
    if (isRunning.current) return;
    if (tellPatient === null) {
      setErrors([{ field: "tellPatient", message: "Select whether to tell the patient." }]);
      return;
    }
    isRunning.current = true;
    setPending(true);
    setErrors([]);
    try {
      const result = await portalClient(
        scope.tenant,
        scope.environment,
      ).appointments.reschedule.mutate({
        operationId: operations.idFor(target.id),
        appointmentId: appointment.id,
        slotId: target.id,
        tellPatient,
        ...(confirmedRestricted && { confirmedRestricted }),
      });
      if (result.outcome !== "refused") {
        if (result.outcome === "made") toast({ tone: "success", title: "Appointment moved" });
        router.push(appointmentPath);
        return;
      }
      operations.forget(target.id);
      const reason = result.reason ?? "Hero refused to move the appointment.";
      if (result.nearest) {
        setTaken({ title: reason, nearest: result.nearest });
        setSlot(null);
      } else setErrors([{ message: reason }]);
    } catch (error) {
      const failure = toCallFailure(error);
      if (failure.fieldErrors.confirmedRestricted) setNeedsConfirmation(true);
      else {
        const [fieldError] = Object.values(failure.fieldErrors);
        setErrors([{ message: fieldError ?? describeFailure(failure) }]);
      }
    }
    isRunning.current = false;
    setPending(false);
  }

  if (needsConfirmation && !confirmedRestricted) {
    return (
      <RestrictedInterruption
        patientHref={portalPath(
          scope,
          `/patients/${appointment.practice.id}/${appointment.patientId}`,
        )}
        canBook={props.canBookRestricted}
        onConfirm={() => {
          setConfirmedRestricted(true);
          setNeedsConfirmation(false);
        }}
      />
    );
  }

  if (slot) {
    return (
      <Card aria-labelledby="check" className="max-w-3xl">
        <CardHeader
          id="check"
          title={
            <span tabIndex={-1} ref={heading}>
              Check before you move the appointment
            </span>
          }
        />
        <div className="flex flex-col gap-5">
          <ErrorSummary errors={errors} />
          <DescriptionList>
            <DescriptionItem term="Patient">Hero patient {appointment.patientId}</DescriptionItem>
            <DescriptionItem term="Type">{appointment.appointmentType.name}</DescriptionItem>
            <DescriptionItem term="From">
              {formatSlot(appointment)}, {appointment.practitioner.name}
            </DescriptionItem>
            <DescriptionItem term="To">
              <strong className="font-semibold">{formatSlot(slot)}</strong>,{" "}
              {nameOfOption(options.practitioners, slot.practitionerId, "Practitioner")}
            </DescriptionItem>
          </DescriptionList>
          <p className="text-muted">
            The current time becomes free for others as soon as the appointment is moved.
          </p>
          <TellPatientField
            name="tellPatient"
            subject="the new time"
            value={tellPatient}
            onChange={setTellPatient}
            error={errors.find(({ field }) => field === "tellPatient")?.message}
          />
          <div className="flex flex-wrap items-start gap-2">
            <ProductionWarning
              environment={scope.environment}
              text="This moves a real appointment of a patient."
            >
              <Button variant="primary" pending={pending} onClick={() => void move(slot)}>
                {pending ? "Moving…" : "Move appointment"}
              </Button>
            </ProductionWarning>
            <Button pending={pending} onClick={() => select(null)}>
              Select another time
            </Button>
          </div>
        </div>
      </Card>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      {taken ? (
        <NearestSlotsNotice
          title={taken.title}
          nearest={taken.nearest}
          options={options}
          pending={pending}
          onSelect={select}
        />
      ) : null}
      <SlotPicker
        scope={scope}
        practiceId={appointment.practice.id}
        options={options}
        today={today}
        isTypeFixed
        initialSearch={{
          appointmentTypeId: appointment.appointmentType.id,
          locationId: appointment.location.id,
          practitionerId: "",
          weekdays: [],
        }}
        current={{ startsAt: appointment.startsAt, practitionerId: appointment.practitioner.id }}
        selectLabel="Continue with this time"
        pending={false}
        problem={null}
        onSelect={select}
        describeSelection={(each) => (
          <SameDayWarning
            scope={scope}
            practiceId={appointment.practice.id}
            patientId={appointment.patientId}
            startsAt={each.startsAt}
            exceptId={appointment.id}
          />
        )}
      />
    </div>
  );
}
