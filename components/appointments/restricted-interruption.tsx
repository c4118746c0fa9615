import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { whoCan } from "@/server/schemas/permissions";

type RestrictedInterruptionProps = {
  patientHref: string;
  canBook: boolean;
  onConfirm: () => void;
};

/** Shown before anything can be booked for a patient whose record is restricted. */
export function RestrictedInterruption({
  patientHref,
  canBook,
  onConfirm,
}: RestrictedInterruptionProps) {
  return (
    <Card aria-labelledby="restricted" className="max-w-3xl">
      <h2 id="restricted" className="text-xl font-semibold">
        This patient&apos;s record is restricted
      </h2>
      <div className="mt-3 flex max-w-prose flex-col gap-3">
        <p>
          Their location may have to stay secret, for example from a person who could harm them. An
          appointment shows when and where they will be.
        </p>
        <ul className="list-disc space-y-1 pl-5">
          <li>Agree with the patient how they can be contacted safely.</li>
          <li>Do not print or send the practice, location or practitioner.</li>
          <li>If you are not sure, ask the practice to book the appointment.</li>
        </ul>
        {canBook ? null : (
          <Notice tone="info" title="You do not have permission to book for restricted patients">
            {whoCan("appointments.book_restricted")} If the patient needs care now, contact the
            practice.
          </Notice>
        )}
      </div>
      <div className="mt-5 flex flex-wrap gap-2">
        {canBook ? (
          <Button variant="primary" onClick={onConfirm}>
            I have read this. Continue to book
          </Button>
        ) : null}
        <ButtonLink href={patientHref}>Back to the patient</ButtonLink>
      </div>
    </Card>
  );
}
