"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Eye } from "lucide-react";
import { useForm } from "react-hook-form";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import { ProductionWarning } from "@/components/shell/production-warning";
import { Button } from "@/components/ui/button";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { createPortalElementSessionInput } from "@/server/schemas/element-sessions";
import type { Environment } from "@/server/schemas/environments";
import { fixedAttributes } from "@/server/schemas/placements";
import { z } from "@/server/schemas/zod";

export type PreviewOptions = {
  practiceId: string;
  patientId?: string | undefined;
  adminId?: string | undefined;
};

const { practiceId, patientId } = createPortalElementSessionInput.shape;
const previewOptionsSchema = z.object({
  practiceId,
  patientId,
  adminId: fixedAttributes.shape.adminId,
});

// The form's values are strings; the schema turns an empty one into undefined.
const formSchema = previewOptionsSchema as unknown as z.ZodType<
  PreviewOptions,
  { practiceId: string; patientId: string; adminId: string }
>;

type AttributesFormProps = {
  environment: Environment;
  practices: readonly { id: string; name: string; practiceGroupId: string }[];
  /** Fixed by the placement; empty if it is not. */
  adminId: string;
  isPreviewOpen: boolean;
  onShow: (options: PreviewOptions) => void;
};

/** Attributes for the preview. They are not saved. */
export function AttributesForm(props: AttributesFormProps) {
  const { environment, practices, adminId, isPreviewOpen, onShow } = props;
  const form = useForm({
    resolver: zodResolver(formSchema),
    shouldFocusError: false,
    defaultValues: { practiceId: practices[0]?.id ?? "", patientId: "", adminId },
  });
  const { submit, errors } = useFormSubmit(
    form,
    ["practiceId", "patientId", "adminId"],
    async (options) => {
      onShow(options);
      return "staying";
    },
  );
  const fieldErrors = form.formState.errors;
  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-4">
      <ErrorSummary title="The preview was not shown" errors={errors} />
      <Field label="Practice" name="practiceId" error={fieldErrors.practiceId?.message}>
        {(ids) => (
          <Select {...ids} {...form.register("practiceId")}>
            {practices.map(({ id, name, practiceGroupId }) => (
              <option key={id} value={id}>
                {name} ({practiceGroupId})
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Hero patient ID"
          name="patientId"
          optionalMark
          hint="Opens with this patient."
          error={fieldErrors.patientId?.message}
        >
          {(ids) => (
            <Input
              {...ids}
              {...form.register("patientId")}
              mono
              inputMode="numeric"
              autoComplete="off"
            />
          )}
        </Field>
        <Field
          label="Hero staff ID"
          name="adminId"
          optionalMark
          hint="A label for the staff member."
          error={fieldErrors.adminId?.message}
        >
          {(ids) => (
            <Input
              {...ids}
              {...form.register("adminId")}
              mono
              inputMode="numeric"
              autoComplete="off"
            />
          )}
        </Field>
      </div>
      <ProductionWarning
        environment={environment}
        text="This is the live element. Messages sent in it reach the patient."
      >
        <Button type="submit" icon={<Eye />} className="w-fit">
          {isPreviewOpen ? "Update preview" : "Show preview"}
        </Button>
      </ProductionWarning>
    </form>
  );
}
