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

type SettingField = {
  name: FieldName;
  label: string;
  hint: string;
  type: "time" | "number";
};

const messageFields: SettingField[] = [
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

const batchFields: SettingField[] = [
  {
    name: "approvalThreshold",
    label: "Approval by a second person",
    hint: "A batch with more recipients than this needs one. In production at most 100.",
    type: "number",
  },
  {
    name: "batchUndoSeconds",
    label: "Time to undo a batch",
    hint: "Seconds between pressing the button and sending, from 10 to 600.",
    type: "number",
  },
  {
    name: "firstSlice",
    label: "Pause after the first messages",
    hint: "After how many messages a batch waits for someone to review their results, up to 1,000. 0 for no pause.",
    type: "number",
  },
  {
    name: "recentDays",
    label: "Leave out patients with a recent message",
    hint: "Days, from 0 to 30. A batch leaves out patients who had a message within this time. 0 leaves out none.",
    type: "number",
  },
  {
    name: "dailyLimit",
    label: "Messages a day",
    hint: "Of all practices together. A batch that does not fit does not start.",
    type: "number",
  },
  {
    name: "practiceDailyLimit",
    label: "Messages a day for each practice",
    hint: "A batch that does not fit does not start.",
    type: "number",
  },
];

const numberFields = [...messageFields, ...batchFields].flatMap(({ name, type }) =>
  type === "number" ? [name] : [],
);

const toTyped = (settings: MessageSettings) =>
  Object.fromEntries(
    [...messageFields, ...batchFields].map(({ name }) => [name, String(settings[name] ?? "")]),
  ) as Typed;

const toNumber = (text: string) => (text.trim() === "" ? null : Number(text));

/** The delay, quiet hours, prices, how long texts are kept, and what protects batches. */
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
      ...Object.fromEntries(numberFields.map((name) => [name, toNumber(typed[name])])),
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
      {[
        { title: "All messages", fields: messageFields },
        { title: "Batches", fields: batchFields },
      ].map(({ title, fields }) => (
        <Card key={title} className="flex flex-col gap-5 sm:p-6!">
          <h3 className="text-base font-semibold">{title}</h3>
          <div className="grid gap-x-6 gap-y-5 sm:grid-cols-2">
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
          </div>
        </Card>
      ))}
      <div>
        <Button type="submit" variant="primary" pending={pending}>
          {pending ? "Saving…" : "Save message settings"}
        </Button>
      </div>
    </form>
  );
}
