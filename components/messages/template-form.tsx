"use client";

import { useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import { DialogForm } from "@/components/forms/dialog-form";
import type { PortalScope } from "@/components/shell/portal-path";
import type { SummaryError } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { knownVariables } from "@/server/schemas/message-text";
import { saveMessageTemplateInput } from "@/server/schemas/message-templates";
import type { MessageTemplate } from "@/server/schemas/messages";
import { listFailureErrors, listInputErrors } from "./form-errors";
import { listTypedVariables } from "./variables";

type TemplateFormProps = {
  scope: PortalScope;
  /** Null for a new one. */
  template: MessageTemplate | null;
  onSaved: () => void;
  onCancel: () => void;
};

/** Creates a template, or changes one. */
export function TemplateForm({ scope, template, onSaved, onCancel }: TemplateFormProps) {
  const [name, setName] = useState(template?.name ?? "");
  const [text, setText] = useState(template?.text ?? "");
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [pending, setPending] = useState(false);
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const typedVariables = listTypedVariables(text);

  async function save() {
    const input = saveMessageTemplateInput.safeParse({
      templateId: template?.id ?? null,
      name,
      text,
    });
    if (!input.success) {
      return setErrors(listInputErrors(input.error.issues));
    }
    setPending(true);
    try {
      const client = portalClient(scope.tenant, scope.environment);
      await client.messageTemplates.save.mutate(input.data);
      return onSaved();
    } catch (error) {
      setErrors(listFailureErrors(toCallFailure(error)));
    }
    setPending(false);
  }

  return (
    <DialogForm
      errorTitle="The template was not saved"
      errors={errors}
      submitLabel="Save template"
      pendingLabel="Saving…"
      pending={pending}
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) void save();
      }}
      onCancel={onCancel}
    >
      <Field label="Name" name="name" required error={errorOf("name")}>
        {(ids) => (
          <Input
            {...ids}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="Message"
        name="text"
        required
        hint={`Use {{name}} for anything that changes from message to message. ${knownVariables
          .map((variable) => `{{${variable.name}}}`)
          .join(", ")} are filled in for you.`}
        error={errorOf("text")}
      >
        {(ids) => (
          <Textarea
            {...ids}
            rows={7}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      {typedVariables.length > 0 ? (
        <p className="text-sm text-muted">
          Filled in by the person who sends it:{" "}
          <span className="font-mono">{typedVariables.join(", ")}</span>
        </p>
      ) : null}
    </DialogForm>
  );
}
