import { SelectField } from "@/components/forms/select-field";
import type { LinkChoice } from "@/components/messages/text-fields";
import { FieldError } from "@/components/ui/field";
import { type BatchDraft, type BatchLink, canHaveOwnLinks } from "./draft";

type BatchLinkFieldProps = {
  draft: BatchDraft;
  /** Live links of the practice that anyone can use. */
  links: readonly LinkChoice[];
  onChange: (changes: Partial<BatchDraft>) => void;
  errorOf: (field: string) => string | undefined;
};

/** Which link goes with each message. */
export function BatchLinkField({ draft, links, onChange, errorOf }: BatchLinkFieldProps) {
  const error = errorOf("link");
  const choices: { value: BatchLink; text: string; reason: string | null }[] = [
    { value: "none", text: "No link", reason: null },
    {
      value: "shared",
      text: "One link that anyone can use",
      reason: links.length > 0 ? null : "This practice has no live generic link.",
    },
    {
      value: "own",
      text: "Each patient's own link",
      reason: canHaveOwnLinks(draft)
        ? null
        : "Select “Patients with links” above to send each their own.",
    },
  ];
  return (
    <fieldset aria-describedby={error ? "link-error" : undefined}>
      <legend className="font-medium">Link</legend>
      {error ? <FieldError id="link-error">{error}</FieldError> : null}
      <div className="mt-1.5 flex flex-col gap-1.5">
        {choices.map(({ value, text, reason }, index) => (
          <label
            key={value}
            className={`flex min-h-8 items-start gap-2 ${reason ? "cursor-not-allowed text-muted" : "cursor-pointer"}`}
          >
            <input
              type="radio"
              id={index === 0 ? "link" : undefined}
              name="link"
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={draft.link === value}
              disabled={reason !== null}
              onChange={() => onChange({ link: value })}
            />
            <span>
              {text}
              {reason ? <span className="block text-sm">{reason}</span> : null}
            </span>
          </label>
        ))}
      </div>
      {draft.link === "shared" ? (
        <div className="mt-2 border-l-2 border-line pl-4">
          {errorOf("linkId") ? (
            <FieldError id="linkId-error">{errorOf("linkId")}</FieldError>
          ) : null}
          <SelectField
            label="Link to send"
            name="linkId"
            value={draft.linkId}
            options={[["", "Select a link"], ...links.map(({ id, name }) => [id, name] as const)]}
            onChange={(linkId) => onChange({ linkId })}
          />
        </div>
      ) : null}
      {draft.link === "none" ? null : (
        <p className="mt-2 text-sm text-muted">
          Its address is added at the end, or where you insert it.
        </p>
      )}
    </fieldset>
  );
}
