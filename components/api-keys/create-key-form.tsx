"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { portalClient } from "@/components/client";
import { DialogForm } from "@/components/forms/dialog-form";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import type { PortalScope } from "@/components/shell/portal-path";
import { FieldError, Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import {
  apiKeyPermission,
  createApiKeyInput,
  defaultApiKeyPermissions,
} from "@/server/schemas/api-keys";
import type { Permission } from "@/server/schemas/permissions";
import { permissionLabels } from "./labels";

type CreateKeyFormProps = {
  scope: PortalScope;
  /** Those of the person, who can give a key no other. */
  permissions: readonly Permission[];
  onCreated: (key: string) => void;
  onClose: () => void;
};

/** The name and permissions of a new key. */
export function CreateKeyForm({ scope, permissions, onCreated, onClose }: CreateKeyFormProps) {
  const form = useForm({
    resolver: zodResolver(createApiKeyInput),
    shouldFocusError: false,
    defaultValues: { name: "", permissions: [...defaultApiKeyPermissions] },
  });

  const { submit, errors, pending } = useFormSubmit(
    form,
    ["name", "permissions"],
    async (values) => {
      const client = portalClient(scope.tenant, scope.environment);
      onCreated((await client.apiKeys.create.mutate(values)).key);
      return "navigating";
    },
  );
  const options = apiKeyPermission.options.filter((option) => permissions.includes(option));
  const permissionsError = form.formState.errors.permissions?.message;
  return (
    <DialogForm
      errorTitle="The API key was not created"
      errors={errors}
      submitLabel="Create API key"
      pendingLabel="Creating…"
      pending={pending}
      onSubmit={submit}
      onCancel={onClose}
    >
      <Field
        label="Name"
        name="name"
        hint="The application that will use it."
        error={form.formState.errors.name?.message}
      >
        {(ids) => <Input {...ids} {...form.register("name")} autoComplete="off" />}
      </Field>
      <fieldset aria-describedby={permissionsError ? "permissions-error" : undefined}>
        <legend className="mb-2 font-medium">Permissions</legend>
        {permissionsError ? (
          <FieldError id="permissions-error" className="mb-2">
            {permissionsError}
          </FieldError>
        ) : null}
        <div className="flex flex-col gap-2.5">
          {options.map((permission, index) => {
            const { name, hint } = permissionLabels[permission];
            return (
              <label key={permission} className="flex cursor-pointer items-start gap-3">
                <input
                  type="checkbox"
                  value={permission}
                  {...form.register("permissions")}
                  id={index === 0 ? "permissions" : `permissions-${permission}`}
                  aria-describedby={`${permission}-hint`}
                  aria-labelledby={`${permission}-name`}
                  className="mt-0.5 size-4 shrink-0 accent-(--accent) pointer-coarse:size-6"
                />
                <span>
                  <span id={`${permission}-name`} className="block">
                    {name}
                  </span>
                  <span id={`${permission}-hint`} className="block text-sm text-muted">
                    {hint}
                  </span>
                </span>
              </label>
            );
          })}
        </div>
      </fieldset>
    </DialogForm>
  );
}
