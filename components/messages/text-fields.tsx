import { type ReactNode, useRef } from "react";
import { SelectField } from "@/components/forms/select-field";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Select } from "@/components/ui/select";
import { knownVariables } from "@/server/schemas/message-text";
import type { MessageTemplateList } from "@/server/schemas/messages";
import { type MessageDraft, variableField } from "./draft";
import { labelOfVariable } from "./variables";

export type LinkChoice = { id: string; name: string; url: string };

type TextDraft = Pick<MessageDraft, "text" | "variables">;

type TextFieldsProps = {
  draft: TextDraft;
  templates: MessageTemplateList;
  /** Whether a link goes with it, which can be inserted. */
  hasLink: boolean;
  /** The text's variables that a person fills in. */
  typedVariables: readonly string[];
  onChange: (changes: Partial<TextDraft>) => void;
  errorOf: (field: string) => string | undefined;
  /** Length and parts, below the text. */
  meter: ReactNode;
};

/** The text: from a template or typed, and its variables. */
export function TextFields(props: TextFieldsProps) {
  const { draft, templates, hasLink, typedVariables, onChange, errorOf } = props;
  const textarea = useRef<HTMLTextAreaElement>(null);
  const hasTemplates = templates.items.length + templates.hero.length > 0;

  function applyTemplate(key: string) {
    const found =
      templates.items.find(({ id }) => `own ${id}` === key) ??
      templates.hero.find(({ id }) => `hero ${id}` === key);
    if (found) onChange({ text: found.text });
  }

  /** Puts a variable where the cursor is. */
  function insert(name: string) {
    const control = textarea.current;
    const start = control?.selectionStart ?? draft.text.length;
    const end = control?.selectionEnd ?? start;
    const inserted = `{{${name}}}`;
    onChange({ text: draft.text.slice(0, start) + inserted + draft.text.slice(end) });
    requestAnimationFrame(() => {
      control?.focus();
      control?.setSelectionRange(start + inserted.length, start + inserted.length);
    });
  }

  return (
    <div className="flex flex-col gap-5">
      {hasTemplates ? (
        <Field
          label="Template"
          name="template"
          optionalMark
          hint="Selecting a template replaces the text below."
        >
          {(ids) => (
            <Select {...ids} value="" onChange={(event) => applyTemplate(event.target.value)}>
              <option value="">Select a template</option>
              {templates.items.length > 0 ? (
                <optgroup label="Your organisation">
                  {templates.items.map(({ id, name }) => (
                    <option key={id} value={`own ${id}`}>
                      {name}
                    </option>
                  ))}
                </optgroup>
              ) : null}
              {templates.hero.length > 0 ? (
                <optgroup label="Hero">
                  {templates.hero.map(({ id, name }) => (
                    <option key={id} value={`hero ${id}`}>
                      {name}
                    </option>
                  ))}
                </optgroup>
              ) : null}
            </Select>
          )}
        </Field>
      ) : null}
      {templates.heroReason ? (
        <p className="text-sm text-muted">
          Hero&apos;s templates are not shown. {templates.heroReason}
        </p>
      ) : null}
      <div className="flex flex-col gap-2">
        <Field label="Message" name="text" required error={errorOf("text")}>
          {(ids) => (
            <Textarea
              {...ids}
              ref={textarea}
              rows={7}
              value={draft.text}
              onChange={(event) => onChange({ text: event.target.value })}
            />
          )}
        </Field>
        <div role="group" aria-label="Insert into the message" className="flex flex-wrap gap-1.5">
          {knownVariables
            .filter(({ name }) => name !== "link" || hasLink)
            .map(({ name, label }) => (
              <Button key={name} size="sm" variant="quiet" onClick={() => insert(name)}>
                + {label}
              </Button>
            ))}
        </div>
        {props.meter}
      </div>
      {typedVariables.length > 0 ? (
        <fieldset className="grid gap-4 sm:grid-cols-2">
          <legend className="mb-2 font-medium">Fill in the template</legend>
          {typedVariables.map((name) => (
            <Field
              key={name}
              label={labelOfVariable(name)}
              name={variableField(name)}
              required
              error={errorOf(variableField(name))}
            >
              {(ids) => (
                <Input
                  {...ids}
                  autoComplete="off"
                  value={draft.variables[name] ?? ""}
                  onChange={(event) =>
                    onChange({ variables: { ...draft.variables, [name]: event.target.value } })
                  }
                />
              )}
            </Field>
          ))}
        </fieldset>
      ) : null}
    </div>
  );
}

type LinkFieldProps = {
  /** Empty for none. */
  linkId: string;
  links: readonly LinkChoice[];
  onChange: (linkId: string) => void;
};

/** The link that goes with a message to one patient. */
export function LinkField({ linkId, links, onChange }: LinkFieldProps) {
  if (links.length === 0) {
    return (
      <Notice tone="info" title="No links to send">
        Create a generic link for this practice, or an invite for this patient, to send it in a
        message.
      </Notice>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      <SelectField
        label="Link (optional)"
        name="linkId"
        value={linkId}
        options={[["", "No link"], ...links.map(({ id, name }) => [id, name] as const)]}
        onChange={onChange}
      />
      <p className="text-sm text-muted">
        Its address is added at the end, or where you insert it. Only live links that this patient
        can use are listed.
      </p>
    </div>
  );
}
