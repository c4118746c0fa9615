"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { useLiveQuery } from "@/components/forms/use-live-query";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type { AppointmentView, RefreshedAppointment } from "@/server/schemas/appointments";
import { whoCan } from "@/server/schemas/permissions";
import { formatSlot } from "./slot-times";
import { TellPatientField } from "./tell-patient-field";

type CancelAppointmentProps = {
  scope: PortalScope;
  appointment: AppointmentView;
  /** Whether the person may cancel within the hours that the practice's policy protects. */
  canCancelLate: boolean;
};

/** Cancels a booked appointment, after its policy was read from Hero. */
export function CancelAppointment({ scope, appointment, canCancelLate }: CancelAppointmentProps) {
  const router = useRouter();
  const toast = useToast();
  const [openings, setOpenings] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [operationId, setOperationId] = useState("");
  const [tellPatient, setTellPatient] = useState<boolean | null>(null);
  const [missingAnswer, setMissingAnswer] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const client = portalClient(scope.tenant, scope.environment);
  const policyQuery = useLiveQuery(
    isOpen ? String(openings) : null,
    () => client.appointments.refresh.mutate({ appointmentId: appointment.id }),
    0,
  );
  const policy = policyQuery.state === "loaded" ? policyQuery.data.policy : null;
  const isLate = policy?.canBeCancelled === false;

  const cancel = useAction(async () => {
    setRefusal(null);
    if (tellPatient === null) {
      setMissingAnswer(true);
      return "staying";
    }
    const result = await client.appointments.cancel.mutate({
      operationId,
      appointmentId: appointment.id,
      tellPatient,
      isLate,
    });
    if (result.outcome === "refused") {
      setOperationId(crypto.randomUUID());
      setRefusal(result.reason ?? "Hero refused to cancel the appointment.");
      return "staying";
    }
    setOpen(false);
    if (result.outcome === "made") toast({ tone: "success", title: "Appointment cancelled" });
    router.refresh();
    return "staying";
  });

  function open() {
    setOperationId(crypto.randomUUID());
    setTellPatient(null);
    setMissingAnswer(false);
    setRefusal(null);
    cancel.clearProblem();
    setOpenings(openings + 1);
    setOpen(true);
  }

  return (
    <>
      <Button variant="danger" onClick={open}>
        Cancel appointment
      </Button>
      <AlertDialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Cancel this appointment?"
        description={
          <>
            Hero patient {appointment.patientId}, {formatSlot(appointment)}. The time becomes free
            for others straight away. You cannot undo this.
          </>
        }
        confirmLabel={cancel.pending ? "Cancelling…" : "Cancel appointment"}
        cancelLabel="Keep appointment"
        pending={cancel.pending}
        onConfirm={() => {
          if (policyQuery.state === "loading" || (isLate && !canCancelLate)) return;
          cancel.run();
        }}
      >
        <div className="flex flex-col gap-4">
          {policyQuery.state === "loading" ? (
            <p role="status" className="text-muted">
              Reading the practice&apos;s policy from Hero…
            </p>
          ) : null}
          {policyQuery.state === "failed" ? (
            <Notice tone="warning" title="Could not read the practice's policy">
              {policyQuery.problem}
            </Notice>
          ) : null}
          {policy ? <PolicyText policy={policy} canCancelLate={canCancelLate} /> : null}
          <TellPatientField
            name="tellPatient"
            subject="the cancellation"
            value={tellPatient}
            onChange={(isTold) => {
              setTellPatient(isTold);
              setMissingAnswer(false);
            }}
            error={missingAnswer ? "Select whether to tell the patient." : undefined}
          />
          {(cancel.problem ?? refusal) ? (
            <Notice tone="danger" title="The appointment is not cancelled" role="alert">
              {cancel.problem ?? refusal}
            </Notice>
          ) : null}
        </div>
      </AlertDialog>
    </>
  );
}

function PolicyText({
  policy,
  canCancelLate,
}: {
  policy: NonNullable<RefreshedAppointment["policy"]>;
  canCancelLate: boolean;
}) {
  const hours = policy.cancellationHours;
  const rule =
    hours === null
      ? "Hero does not say until when this appointment can be cancelled."
      : `The practice's policy allows cancellation until ${hours.toLocaleString("en-GB")} ${hours === 1 ? "hour" : "hours"} before the appointment.`;
  if (policy.canBeCancelled !== false) return <p>{rule}</p>;
  return (
    <Notice tone="warning" title="Too late under the practice's policy">
      <p>{rule}</p>
      <p className="mt-1">
        {canCancelLate
          ? "You can cancel it against the policy."
          : whoCan("appointments.cancel_late")}
      </p>
    </Notice>
  );
}
