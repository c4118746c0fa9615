import { type Place, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { PatientAct } from "@/components/shell/patient-act";

/** The end of a form for a new link. */
export function MakeButtons({
  place,
  pending,
  effect,
}: {
  place: Place;
  pending: boolean;
  /** What it does to patients, said in production. */
  effect: string;
}) {
  return (
    <div className="flex flex-wrap items-start gap-2">
      <PatientAct environment={place.environment} text={effect}>
        <Button type="submit" variant="primary" pending={pending} aria-describedby="link-sentence">
          {pending ? "Asking Hero…" : "Make the link"}
        </Button>
      </PatientAct>
      <ButtonLink href={portalPath(place, "/links")} variant="quiet">
        Cancel
      </ButtonLink>
    </div>
  );
}
