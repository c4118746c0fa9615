import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import type { FormView } from "@/server/schemas/forms";
import { describeFormType } from "./labels";

/** A form as the patient sees it, with all questions; it cannot be filled in. */
export function FormPreview({ form }: { form: FormView }) {
  const isReply = form.isReplyForm ?? form.formType === "response";
  return (
    <div className="flex flex-col gap-4">
      {isReply ? (
        <Notice tone="warning" title="This is a reply form">
          It replies to a message from the practice. Sent as a link, patients may not know what to
          reply to.
        </Notice>
      ) : null}
      <section
        aria-label="What the patient sees"
        className="rounded-lg border border-line bg-sunken p-4 sm:p-5"
      >
        <div className="flex flex-wrap items-start justify-between gap-2">
          <h3 className="min-w-0 text-lg font-semibold">{form.patientTitle ?? form.title}</h3>
          <Badge tone="neutral">{describeFormType(form.formType)}</Badge>
        </div>
        {(form.patientDescription ?? form.description) ? (
          <p className="mt-1 max-w-prose text-muted">
            {form.patientDescription ?? form.description}
          </p>
        ) : null}
        {form.questions.length > 0 ? (
          <ol className="mt-4 flex flex-col gap-4">
            {form.questions.map((question, index) => (
              <li key={question.id}>
                <p className="font-medium">
                  <span className="text-muted tabular-nums">{index + 1}.</span> {question.label}
                  {question.isRequired ? null : (
                    <span className="font-normal text-subtle"> (optional)</span>
                  )}
                </p>
                {question.options.length > 0 ? (
                  <ul className="mt-1.5 flex flex-col gap-1">
                    {question.options.map((option) => (
                      <li key={option} className="flex items-center gap-2 text-muted">
                        <span
                          aria-hidden="true"
                          className="size-3.5 shrink-0 rounded-full border border-line-strong"
                        />
                        {option}
                      </li>
                    ))}
                  </ul>
                ) : (
                  <div
                    aria-hidden="true"
                    className="mt-1.5 h-9 rounded-md border border-dashed border-line-strong bg-surface"
                  />
                )}
              </li>
            ))}
          </ol>
        ) : (
          <p className="mt-4 text-muted">This form has no questions.</p>
        )}
      </section>
      {form.snomedCode ? (
        <p className="text-sm text-muted">
          Filed under SNOMED code <span className="font-mono">{form.snomedCode}</span>
        </p>
      ) : null}
    </div>
  );
}
