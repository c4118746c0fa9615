"use client";

import { useRef, useState } from "react";
import { ProductionWarning } from "@/components/shell/production-warning";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import {
  appointmentReason,
  type AppointmentView,
  maxReasonCharacters,
} from "@/server/schemas/appointments";
import { HoldCountdown } from "./hold-countdown";
import { formatSlot } from "./slot-times";
import { TellPatientField } from "./tell-patient-field";

/** What the person says about the booking; neither message choice is preselected. */
export type BookingAnswers = { reason: string; tellPatient: boolean | null };

type HeldAppointmentProps = {
  answers: BookingAnswers;
  onChangeAnswers: (answers: BookingAnswers) => void;
  scope: PortalScope;
  appointment: AppointmentView;
  pending: boolean;
  problem: string | null;
  onBook: (answers: { reason: string; tellPatient: boolean }) => void;
  onChangeTime: () => void;
  onRelease: () => void;
  onHoldEnd: () => void;
};

/** A held time: reason and message, then the answers to check, then the booking. */
export function HeldAppointment(props: HeldAppointmentProps) {
  const { scope, appointment, pending } = props;
  const [step, setStep] = useState<"fill" | "check">("fill");
  const { reason, tellPatient } = props.answers;
  const change = (changes: Partial<BookingAnswers>) =>
    props.onChangeAnswers({ ...props.answers, ...changes });
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const heading = useRef<HTMLSpanElement>(null);
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;

  function goTo(next: typeof step) {
    setStep(next);
    requestAnimationFrame(() => heading.current?.focus());
  }

  function check(event: { preventDefault: () => void }) {
    event.preventDefault();
    const parsed = appointmentReason.safeParse(reason);
    const found: SummaryError[] = [];
    if (!parsed.success)
      found.push({ field: "reason", message: parsed.error.issues[0]?.message ?? "" });
    if (tellPatient === null) {
      found.push({ field: "tellPatient", message: "Select whether to tell the patient." });
    }
    setErrors(found);
    if (found.length === 0) goTo("check");
  }

  const details = (
    <>
      <DescriptionItem term="Time">{formatSlot(appointment)}</DescriptionItem>
      <DescriptionItem term="Type">{appointment.appointmentType.name}</DescriptionItem>
      <DescriptionItem term="Practitioner">{appointment.practitioner.name}</DescriptionItem>
      <DescriptionItem term="Location">{appointment.location.name}</DescriptionItem>
    </>
  );

  return (
    <div className="flex max-w-3xl flex-col gap-5">
      <HoldCountdown reservedUntil={appointment.reservedUntil} onEnd={props.onHoldEnd} />
      {props.problem ? (
        <ErrorSummary title="The appointment is not booked" errors={[{ message: props.problem }]} />
      ) : null}
      {step === "fill" ? (
        <form method="post" noValidate onSubmit={check}>
          <Card aria-labelledby="held">
            <CardHeader
              id="held"
              title={
                <span tabIndex={-1} ref={heading}>
                  Appointment
                </span>
              }
            />
            <div className="flex flex-col gap-5">
              <ErrorSummary errors={errors} />
              <DescriptionList>{details}</DescriptionList>
              <Field
                label="Reason for the appointment"
                name="reason"
                optionalMark
                hint={`Up to ${maxReasonCharacters} characters. It goes to the practice. The portal does not store it.`}
                error={errorOf("reason")}
              >
                {(ids) => (
                  <Input
                    {...ids}
                    autoComplete="off"
                    value={reason}
                    onChange={(event) => change({ reason: event.target.value })}
                  />
                )}
              </Field>
              <TellPatientField
                name="tellPatient"
                subject="the booking"
                value={tellPatient}
                onChange={(isTold) => change({ tellPatient: isTold })}
                error={errorOf("tellPatient")}
              />
              <div className="flex flex-wrap gap-2">
                <Button type="submit" variant="primary">
                  Continue
                </Button>
                <Button pending={pending} onClick={props.onChangeTime}>
                  Change the time
                </Button>
                <Button variant="quiet" pending={pending} onClick={props.onRelease}>
                  Release this time
                </Button>
              </div>
            </div>
          </Card>
        </form>
      ) : (
        <Card aria-labelledby="check">
          <CardHeader
            id="check"
            title={
              <span tabIndex={-1} ref={heading}>
                Check before you book
              </span>
            }
          />
          <DescriptionList>
            <DescriptionItem term="Patient">Hero patient {appointment.patientId}</DescriptionItem>
            {details}
            <DescriptionItem term="Reason">{reason.trim() || "None"}</DescriptionItem>
            <DescriptionItem term="Tell the patient">
              {tellPatient ? "Yes, by a message from Hero" : "No"}
            </DescriptionItem>
          </DescriptionList>
          <div className="mt-5 flex flex-wrap items-start gap-2">
            <ProductionWarning
              environment={scope.environment}
              text="This books a real appointment for a patient."
            >
              <Button
                variant="primary"
                pending={pending}
                onClick={() => props.onBook({ reason, tellPatient: tellPatient === true })}
              >
                {pending ? "Booking…" : "Book appointment"}
              </Button>
            </ProductionWarning>
            <Button pending={pending} onClick={() => goTo("fill")}>
              Change details
            </Button>
          </div>
        </Card>
      )}
    </div>
  );
}
