import { UserRound } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

type PatientStripProps = {
  patientId: string;
  practiceName: string;
  /** The patient's page. */
  href: string;
  /** Masked identifiers, or why there are none. */
  children?: ReactNode;
};

/** Which patient is being acted on: above every step. */
export function PatientStrip({ patientId, practiceName, href, children }: PatientStripProps) {
  return (
    <section
      aria-label="Patient"
      className="mb-5 flex flex-wrap items-center gap-x-4 gap-y-1 rounded-lg border border-accent-line bg-accent-soft px-4 py-3"
    >
      <UserRound aria-hidden="true" className="size-4 shrink-0 text-accent" />
      <p>
        <Link href={href} className="link font-semibold">
          Hero patient <span className="font-mono">{patientId}</span>
        </Link>{" "}
        <span className="text-muted print:hidden">of {practiceName}</span>
      </p>
      {children}
    </section>
  );
}
