"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { portalClient } from "@/components/client";
import {
  PracticeCheckboxes,
  type PracticeCheckboxOption,
} from "@/components/elements/placement/practice-checkboxes";
import { useFormSubmit } from "@/components/forms/use-form-submit";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useToast } from "@/components/ui/toast";
import {
  createDestinationInput,
  type DestinationView,
  type ShownSecret,
} from "@/server/schemas/destinations";
import { eventType } from "@/server/schemas/event-types";
import { EventTypeCheckboxes } from "./event-type-checkboxes";
import { ShownSecretPanel } from "./shown-secret";

type DestinationFormProps = {
  scope: PortalScope;
  /** Connected practices, and the destination's own that no longer are. */
  practices: readonly PracticeCheckboxOption[];
  /** Null for a new one. */
  destination: DestinationView | null;
};

/** Types that were removed from the catalogue since are left out. */
const knownTypes = (types: readonly string[]) =>
  types.flatMap((type) => eventType.safeParse(type).data ?? []);

/** Adds a destination and shows its secret, or changes one. */
export function DestinationForm({ scope, practices, destination }: DestinationFormProps) {
  const router = useRouter();
  const toast = useToast();
  const [created, setCreated] = useState<ShownSecret | null>(null);
  const form = useForm({
    resolver: zodResolver(createDestinationInput),
    shouldFocusError: false,
    defaultValues: {
      name: destination?.name ?? "",
      url: destination?.url ?? "",
      eventTypes: knownTypes(destination?.eventTypes ?? []),
      practiceIds: destination?.practices.map(({ id }) => id) ?? [],
    },
  });
  const { practiceIds } = useWatch({ control: form.control });
  const pathOf = (id: string) => portalPath(scope, `/webhooks/destinations/${id}`);

  const { submit, errors, pending } = useFormSubmit(
    form,
    ["name", "url", "eventTypes", "practiceIds"],
    async (values) => {
      const { destinations } = portalClient(scope.tenant, scope.environment);
      if (!destination) {
        setCreated(await destinations.create.mutate(values));
        return "staying";
      }
      await destinations.update.mutate({ ...values, destinationId: destination.id });
      toast({ tone: "success", title: "Saved" });
      router.push(pathOf(destination.id));
      router.refresh();
      return "navigating";
    },
    destination ? undefined : "It may have been added: check the list before you add it again.",
  );
  const fieldErrors = form.formState.errors;

  if (created) {
    return (
      <Card aria-labelledby="created" className="max-w-3xl sm:p-6!">
        <CardHeader
          id="created"
          title={`Added ${created.view.name}`}
          description="Events from now on are sent to it. Copy its signing secret to your server."
        />
        <ShownSecretPanel
          secret={created.secret}
          doneLabel="Open the destination"
          onDone={() => {
            router.push(pathOf(created.view.id));
            router.refresh();
          }}
        />
      </Card>
    );
  }
  return (
    <form method="post" noValidate onSubmit={submit} className="flex max-w-3xl flex-col gap-5">
      <ErrorSummary
        title={destination ? "The destination was not saved" : "The destination was not added"}
        errors={errors}
      />
      <Card className="flex flex-col gap-6 sm:p-6!">
        <Field
          label="Name"
          name="name"
          hint="The system that receives the events."
          error={fieldErrors.name?.message}
          required
        >
          {(ids) => <Input {...ids} {...form.register("name")} autoComplete="off" />}
        </Field>
        <Field
          label="Address"
          name="url"
          hint="A public https address of your server. Redirects are not followed."
          error={fieldErrors.url?.message}
          required
        >
          {(ids) => (
            <Input
              {...ids}
              {...form.register("url")}
              mono
              inputMode="url"
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </Field>
        <EventTypeCheckboxes
          registration={form.register("eventTypes")}
          error={fieldErrors.eventTypes?.message}
        />
        {practices.length > 0 ? (
          <PracticeCheckboxes
            hint="Select none to receive events about every practice, and events about no practice."
            practices={practices}
            selected={practiceIds ?? []}
            onChange={(selected) =>
              form.setValue("practiceIds", selected, {
                shouldDirty: true,
                shouldValidate: Boolean(fieldErrors.practiceIds),
              })
            }
            error={fieldErrors.practiceIds?.message}
          />
        ) : null}
      </Card>
      <div className="flex flex-col gap-2 sm:flex-row">
        <Button type="submit" variant="primary" pending={pending}>
          {destination
            ? pending
              ? "Saving…"
              : "Save changes"
            : pending
              ? "Adding…"
              : "Add destination"}
        </Button>
        <ButtonLink
          href={destination ? pathOf(destination.id) : portalPath(scope, "/webhooks/destinations")}
        >
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
