"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useToast } from "@/components/ui/toast";
import { type MessageSettings, saveMessageSettingsInput } from "@/server/schemas/messages";
import { listFailureErrors, listInputErrors } from "./form-errors";

type FieldName = keyof MessageSettings;
type Typed = Record<FieldName, string>;

const fields: {
  name: FieldName;
  label: string;
  hint: string;
  type: "time" | "number";
}[] = [
  {
    name: "undoSeconds",
    label: "Time to undo",
    hint: "Seconds between pressing the button and sending, from 5 to 120.",
    type: "number",
  },
  {
    name: "textDays",
    label: "Keep the text of messages",
    hint: "Days after a message has ended, from 0 to 30. Then the portal deletes the text. Hero keeps its own copy.",
    type: "number",
  },
  {
    name: "quietFrom",
    label: "Quiet hours start",
    hint: "UK time. No message is sent to patients from then until quiet hours end.",
    type: "time",
  },
  {
    name: "quietTo",
    label: "Quiet hours end",
    hint: "UK time. Enter the start time again for no quiet hours.",
    type: "time",
  },
  {
    name: "smsPence",
    label: "Price of a text message",
    hint: "Pence for each part, without VAT. Leave blank if you do not know it.",
    type: "number",
  },
  {
    name: "islandSmsPence",
    label: "Price to Jersey, Guernsey and the Isle of Man",
    hint: "Pence for each part, without VAT. Leave blank if you do not know it.",
    type: "number",
  },
];

const toTyped = (settings: MessageSettings): Typed => ({
  undoSeconds: String(settings.undoSeconds),
  quietFrom: settings.quietFrom,
  quietTo: settings.quietTo,
  smsPence: settings.smsPence === null ? "" : String(settings.smsPence),
  islandSmsPence: settings.islandSmsPence === null ? "" : String(settings.islandSmsPence),
  textDays: String(settings.textDays),
});

const toNumber = (text: string) => (text.trim() === "" ? null : Number(text));

/** The delay, quiet hours, prices and how long texts are kept. */
export function MessageSettingsForm({
  scope,
  settings,
}: {
  scope: PortalScope;
  settings: MessageSettings;
}) {
  const router = useRouter();
  const toast = useToast();
  const [typed, setTyped] = useState(() => toTyped(settings));
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [pending, setPending] = useState(false);
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;

  async function save() {
    const input = saveMessageSettingsInput.safeParse({
      ...typed,
      undoSeconds: toNumber(typed.undoSeconds),
      smsPence: toNumber(typed.smsPence),
      islandSmsPence: toNumber(typed.islandSmsPence),
      textDays: toNumber(typed.textDays),
    });
    if (!input.success) {
      return setErrors(listInputErrors(input.error.issues));
    }
    setErrors([]);
    setPending(true);
    try {
      const client = portalClient(scope.tenant, scope.environment);
      setTyped(toTyped(await client.messageSettings.save.mutate(input.data)));
      toast({ title: "Saved" });
      router.refresh();
    } catch (error) {
      setErrors(listFailureErrors(toCallFailure(error)));
    }
    setPending(false);
  }

  return (
    <form
      method="post"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) void save();
      }}
      className="flex max-w-3xl flex-col gap-5"
    >
      <ErrorSummary title="The settings were not saved" errors={errors} />
      <Card className="grid gap-x-6 gap-y-5 sm:grid-cols-2 sm:p-6!">
        {fields.map(({ name, label, hint, type }) => (
          <Field key={name} label={label} name={name} hint={hint} error={errorOf(name)}>
            {(ids) => (
              <Input
                {...ids}
                type={type === "time" ? "time" : "text"}
                inputMode={type === "time" ? undefined : "decimal"}
                autoComplete="off"
                className="max-w-36"
                value={typed[name]}
                onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </Card>
      <div>
        <Button type="submit" variant="primary" pending={pending}>
          {pending ? "Saving…" : "Save message settings"}
        </Button>
      </div>
    </form>
  );
}
