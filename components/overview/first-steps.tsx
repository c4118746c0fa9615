import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { whoCan } from "@/server/schemas/permissions";

type StepProps = {
  number: number;
  state: "done" | "next" | "later";
  title: string;
  children: ReactNode;
  action?: ReactNode;
};

function Step({ number, state, title, children, action }: StepProps) {
  return (
    <li
      aria-current={state === "next" ? "step" : undefined}
      className="flex gap-4 border-t border-line p-5 first:border-t-0 sm:p-6"
    >
      <span
        aria-hidden="true"
        className={`inline-flex size-8 shrink-0 items-center justify-center rounded-full border font-semibold [&>svg]:size-4 ${
          state === "done"
            ? "border-live-line bg-live-soft text-live"
            : state === "next"
              ? "border-accent bg-accent-soft text-accent"
              : "border-line text-subtle"
        }`}
      >
        {state === "done" ? <Check /> : number}
      </span>
      <div className="min-w-0 flex-1">
        <h3 className={`text-lg font-semibold ${state === "later" ? "text-muted" : ""}`}>
          {title}
          {state === "done" ? <span className="sr-only"> (done)</span> : null}
        </h3>
        <p className="max-w-prose text-muted">{children}</p>
        {action ? <div className="mt-4">{action}</div> : null}
      </div>
    </li>
  );
}

type FirstStepsProps = {
  scope: PortalScope;
  practiceId: string | undefined;
  hasPractice: boolean;
  canManage: boolean;
  canCreate: boolean;
};

/** The first steps of a new organisation: a practice, then a link. Only the next step has a button. */
export function FirstSteps({
  scope,
  practiceId,
  hasPractice,
  canManage,
  canCreate,
}: FirstStepsProps) {
  return (
    <section aria-labelledby="first-steps">
      <h2 id="first-steps" className="mb-3 text-lg font-semibold">
        {hasPractice ? "One step left" : "Two steps to your first booking link"}
      </h2>
      <ol className="rounded-lg border border-line bg-surface">
        <Step
          number={1}
          state={hasPractice ? "done" : "next"}
          title="Connect a practice"
          action={
            !hasPractice && canManage ? (
              <ButtonLink href={portalPath(scope, "/practices/connect")} variant="primary">
                Connect a practice
              </ButtonLink>
            ) : null
          }
        >
          {hasPractice
            ? "A practice is connected."
            : canManage
              ? "Enter the API key and practice group ID from the practice's Hero settings. We test them before saving anything."
              : whoCan("practices.manage")}
        </Step>
        <Step
          number={2}
          state={hasPractice ? "next" : "later"}
          title="Create a booking link"
          action={
            hasPractice && canCreate ? (
              <ButtonLink
                href={portalPath(scope, "/links/new", { practice: practiceId })}
                variant="primary"
              >
                New link
              </ButtonLink>
            ) : null
          }
        >
          {canCreate
            ? "Choose the appointment type, location and dates, then send the link. The patient picks a time on Hero's pages."
            : whoCan("links.create")}
        </Step>
      </ol>
    </section>
  );
}
