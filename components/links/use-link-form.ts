"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { portalClient } from "@/components/client";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import { useOperationId } from "@/components/forms/use-operation-id";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { linkTextFields } from "@/server/schemas/links/rules";
import { appointmentFieldNames } from "./appointment-fields";
import type { NewLinkKind } from "./kind-picker";
import { endFieldNames, windowFieldNames } from "./limit-fields";
import { createLinkResolver, type LinkFormValues, type NewLinkInput } from "./link-form-values";

type FormAudience = "patient" | "anyone";

const fieldsOnScreen = [
  "formId",
  "patientId",
  ...appointmentFieldNames,
  ...windowFieldNames,
  ...endFieldNames,
  ...linkTextFields,
] as const;

export type LinkFormSetup = {
  scope: PortalScope;
  practice: { id: string; name: string };
  initialKind: NewLinkKind | null;
  initialValues: LinkFormValues;
  /** From the address; null when the form was opened without one. */
  operationId: string | null;
};

/** The state of the form for a new link, of any kind. Values survive a change of kind. */
export function useLinkForm({
  scope,
  practice,
  initialKind,
  initialValues,
  ...setup
}: LinkFormSetup) {
  const router = useRouter();
  const operationId = useOperationId(setup.operationId);
  const [kind, setKind] = useState(initialKind);
  const [formAudience, setFormAudience] = useState<FormAudience | null>(
    initialValues.formId ? (initialValues.patientId ? "patient" : "anyone") : null,
  );
  const isForOnePatient = isLinkForOnePatient(kind, formAudience);
  const form = useForm({
    resolver: createLinkResolver({ kind, isForOnePatient, practiceId: practice.id, operationId }),
    // Not on leaving a field: an error that appears during a click moves the button away.
    mode: "onChange",
    shouldFocusError: false,
    defaultValues: {
      ...initialValues,
      maxUses: initialValues.maxUses || defaultMaxUses(isForOnePatient),
    },
  });
  const { dirtyFields, errors: fieldErrors } = form.formState;
  const values = { ...initialValues, ...useWatch({ control: form.control }) };

  function applyAudience(isNowForOnePatient: boolean) {
    form.clearErrors();
    if (dirtyFields.maxUses) return;
    form.setValue("maxUses", initialValues.maxUses || defaultMaxUses(isNowForOnePatient));
  }

  function changeKind(nextKind: NewLinkKind) {
    setKind(nextKind);
    applyAudience(isLinkForOnePatient(nextKind, formAudience));
    const url = new URL(window.location.href);
    url.searchParams.set("kind", nextKind);
    window.history.replaceState(null, "", url);
  }

  function changeFormAudience(nextAudience: FormAudience) {
    setFormAudience(nextAudience);
    applyAudience(isLinkForOnePatient(kind, nextAudience));
  }

  const submission = useFormSubmit(
    form,
    fieldsOnScreen,
    async (input) => {
      const link = await createLink(scope, input);
      // Replaces the used form in the history: Back leads to the page before it.
      router.replace(portalPath(scope, `/links/${link.id}`));
      router.refresh();
      return "navigating";
    },
    "Submitting this form again will not create a second link.",
  );

  return {
    kind,
    changeKind,
    formAudience,
    changeFormAudience,
    isForOnePatient,
    form,
    values,
    fieldErrors,
    ...submission,
  };
}

function createLink(scope: PortalScope, input: NewLinkInput) {
  const { links } = portalClient(scope.tenant, scope.environment);
  if ("appointmentTypeId" in input) return links.create.mutate(input);
  return "formId" in input ? links.createForm.mutate(input) : links.createVideo.mutate(input);
}

export type LinkFormState = ReturnType<typeof useLinkForm>;

const isLinkForOnePatient = (kind: NewLinkKind | null, formAudience: FormAudience | null) =>
  kind === "invite" || kind === "video" || (kind === "form" && formAudience === "patient");

const defaultMaxUses = (isForOnePatient: boolean) => (isForOnePatient ? "1" : "");
