"use client";

import { FileUp, Link2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useOperationIds } from "@/components/appointments/use-operation-ids";
import { ProgressBar } from "@/components/bulk-uploads/progress-bar";
import { useCloseWarning } from "@/components/bulk-uploads/new/use-close-warning";
import { portalClient, toCallFailure } from "@/components/client";
import { ChoiceCards } from "@/components/forms/choice-cards";
import { useAction } from "@/components/forms/use-action";
import { ChannelPicker, FallbackPicker } from "@/components/messages/channel-picker";
import { ChannelPreview } from "@/components/messages/channel-preview";
import { describeChannelCosts } from "@/components/messages/cost-text";
import { listFailureErrors, listInputErrors } from "@/components/messages/form-errors";
import { RecordWriteField } from "@/components/messages/record-write-field";
import { CharacterCount, SmsMeter } from "@/components/messages/sms-meter";
import { type LinkChoice, TextFields } from "@/components/messages/text-fields";
import { labelOfVariable, listTypedVariables, renderSample } from "@/components/messages/variables";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { Field } from "@/components/ui/field";
import { formatCount } from "@/components/ui/format-count";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import {
  createMessageBatchFromLinksInput,
  createMessageBatchInput,
} from "@/server/schemas/message-batches";
import {
  type MessageChannel,
  messageChannels,
  type MessageSettings,
  type MessageTemplateList,
} from "@/server/schemas/messages";
import { BatchLinkField } from "./batch-link-field";
import { createBatchFromFile } from "./create-batch";
import {
  type BatchDraft,
  type BatchFields,
  createBatchDraft,
  findMissingInBatch,
  toBatchFields,
} from "./draft";
import { RecipientsFile } from "./recipients-file";
import { onlyPatients, RecipientsLinks } from "./recipients-links";
import { ReminderFields } from "./reminder-fields";
import { useRecipientsFile } from "./use-recipients-file";

type NewBatchProps = {
  scope: PortalScope;
  practice: { id: string; name: string; publicName: string };
  initial: Pick<BatchDraft, "name" | "source" | "filters">;
  templates: MessageTemplateList;
  settings: MessageSettings;
  /** Live links of the practice that anyone can use. */
  links: readonly LinkChoice[];
  tags: readonly string[];
  bulkUploads: readonly { id: string; name: string }[];
  owners: readonly { id: string; name: string }[];
  canWriteAutomatically: boolean;
  /** Today's UK date. */
  today: string;
};

/** Every patient of a batch decides it for themselves: the check leaves out those who cannot be reached. */
const allChannels = messageChannels.map((channel) => ({
  channel,
  isAvailable: true,
  reason: null,
  needsContact: false,
  contact: null,
  text: null,
  smsParts: null,
  costlyCharacter: null,
  pence: null,
}));

/** Stands for each patient's own link in the preview. */
const sampleLinkUrl = "https://link.example/their-own-link";

/** The ids of the controls on screen; problems with anything else are said in the summary only. */
const fieldIds: Record<string, string> = {
  reminders: "afterDays",
  "reminders.text": "reminderText",
  rowCount: "recipients",
};

/** From the recipients and one text to a batch whose recipients are checked. Nothing is sent. */
export function NewBatch(props: NewBatchProps) {
  const { scope, practice, settings, links } = props;
  const router = useRouter();
  const operations = useOperationIds();
  const [draft, setDraft] = useState(() => createBatchDraft(props.initial));
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [addedCount, setAddedCount] = useState<number | null>(null);
  const [isCreated, setIsCreated] = useState(false);
  const file = useRecipientsFile(props.today);
  const change = (changes: Partial<BatchDraft>) => setDraft({ ...draft, ...changes });
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const checkId = file.state.step === "read" ? file.state.checkId : null;
  const rowCount =
    file.state.step === "read" && !file.state.isChecking
      ? (file.state.summary?.validCount ?? 0)
      : 0;

  const typedVariables = listTypedVariables(`${draft.text}\n${draft.reminderText}`);
  const sharedLink = links.find(({ id }) => id === draft.linkId);
  const sample = renderSample(draft, {
    practiceName: practice.publicName,
    linkUrl:
      draft.link === "own"
        ? sampleLinkUrl
        : draft.link === "shared"
          ? (sharedLink?.url ?? sampleLinkUrl)
          : null,
  });
  const shownChannels: MessageChannel[] =
    draft.channel === null
      ? ["sms"]
      : draft.channel === "nhs_app" && draft.fallbackChannel
        ? [draft.channel, draft.fallbackChannel]
        : [draft.channel];

  const create = useAction(async () => {
    const { channel } = draft;
    if (channel === null) return "staying";
    const fields = toBatchFields({ ...draft, channel }, typedVariables, practice.id);
    try {
      const batchId =
        draft.source === "file" ? await createFromFile(fields) : await createFromLinks(fields);
      if (batchId === null) return "staying";
      setIsCreated(true);
      router.push(portalPath(scope, `/messages/batches/${batchId}`));
      return "navigating";
    } catch (error) {
      const failure = toCallFailure(error);
      setErrors(
        listFailureErrors(failure).map(({ field, message }) => ({
          field: field ? (fieldIds[field] ?? field) : undefined,
          message: failure.hasResponse
            ? message
            : `${message} Press the button again: the batch is not created twice.`,
        })),
      );
      setAddedCount(null);
      return "staying";
    }
  });
  useCloseWarning(
    !isCreated && (file.state.step === "read" || draft.text !== ""),
    "The batch has not been created. Leave this page and lose what you have entered?",
  );

  /** The same content again is the same batch, which continues where it ended. */
  const operationIdFor = (content: object) => operations.idFor(JSON.stringify(content));

  async function createFromFile(fields: BatchFields): Promise<string | null> {
    const content = { ...fields, rowCount };
    const parsed = createMessageBatchInput.safeParse({
      ...content,
      operationId: operationIdFor({ ...content, checkId }),
    });
    if (!parsed.success) return showInputErrors(parsed.error.issues);
    setAddedCount(0);
    return createBatchFromFile(scope, file.callWorker, parsed.data, setAddedCount);
  }

  async function createFromLinks(fields: BatchFields): Promise<string | null> {
    const filters = { ...draft.filters, ...onlyPatients, practiceId: practice.id };
    const content = { ...fields, filters };
    const parsed = createMessageBatchFromLinksInput.safeParse({
      ...content,
      operationId: operationIdFor(content),
    });
    if (!parsed.success) return showInputErrors(parsed.error.issues);
    const client = portalClient(scope.tenant, scope.environment);
    const batch = await client.messageBatches.createFromLinks.mutate(parsed.data);
    return batch.id;
  }

  function showInputErrors(issues: Parameters<typeof listInputErrors>[0]): null {
    setErrors(
      listInputErrors(issues).map(({ field = "", message }) => ({
        field: fieldIds[field] ?? field,
        message,
      })),
    );
    return null;
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (create.pending) return;
    const hasNoRecipients = draft.source === "file" && rowCount === 0;
    const found = [
      ...(hasNoRecipients
        ? [{ field: "recipients", message: "Select a file with at least one valid row." }]
        : []),
      ...findMissingInBatch(draft, typedVariables, labelOfVariable),
    ];
    setErrors(found);
    if (found.length === 0) create.run();
  }

  return (
    <div className="flex flex-col gap-5">
      <ErrorSummary title="The batch was not created" errors={errors} />
      <section aria-labelledby="recipients-title" className="flex flex-col gap-5">
        <h2 id="recipients-title" className="sr-only">
          Recipients
        </h2>
        <Card className="sm:p-6!">
          <ChoiceCards
            legend="Who gets the message"
            name="recipients"
            value={draft.source}
            error={errorOf("recipients")}
            onChange={(source) =>
              change({
                source,
                link: source === "links" ? "own" : draft.link === "own" ? "none" : draft.link,
              })
            }
            choices={[
              {
                value: "file",
                title: "Patients in a file",
                text: "By NHS number and date of birth, or Hero patient ID. We find each patient at the practice. This may register a temporary patient in its record.",
                icon: <FileUp />,
              },
              {
                value: "links",
                title: "Patients with links",
                text: "Patients of this practice who have a link, such as those invited to a clinic who have not booked.",
                icon: <Link2 />,
              },
            ]}
          />
        </Card>
        {draft.source === "file" ? (
          <RecipientsFile file={file} isUploading={create.pending} />
        ) : (
          <RecipientsLinks
            scope={scope}
            practiceId={practice.id}
            filters={draft.filters}
            tags={props.tags}
            bulkUploads={props.bulkUploads}
            owners={props.owners}
            onChange={(filters) => change({ filters })}
            error={errorOf("filters")}
          />
        )}
      </section>
      <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-5">
        <h2 className="sr-only">Message</h2>
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="flex min-w-0 flex-col gap-5">
            <Card className="flex flex-col gap-5 sm:p-6!">
              <ChannelPicker
                channels={allChannels}
                value={draft.channel}
                costs={describeChannelCosts(settings)}
                onChange={(channel) => change({ channel })}
                error={errorOf("channel")}
              />
              {draft.channel === "nhs_app" ? (
                <FallbackPicker
                  channels={allChannels}
                  value={draft.fallbackChannel}
                  onChange={(fallbackChannel) => change({ fallbackChannel })}
                />
              ) : null}
              <p className="text-sm text-muted">
                Each message goes to the contact in the patient&apos;s record. Patients who cannot
                be reached this way are left out, with the reason.
              </p>
            </Card>
            <Card className="flex flex-col gap-5 sm:p-6!">
              <TextFields
                draft={draft}
                templates={props.templates}
                hasLink={draft.link !== "none"}
                typedVariables={typedVariables}
                onChange={change}
                errorOf={errorOf}
                meter={
                  shownChannels.includes("sms") ? (
                    <SmsMeter text={sample.text} settings={settings} />
                  ) : (
                    <CharacterCount text={sample.text} />
                  )
                }
              />
              <BatchLinkField draft={draft} links={links} onChange={change} errorOf={errorOf} />
            </Card>
            {draft.link === "own" || draft.channel !== "note" ? (
              <Card className="flex flex-col gap-6 sm:p-6!">
                {draft.channel === "note" ? null : (
                  <RecordWriteField
                    channel={draft.channel}
                    value={draft.recordWrite}
                    canWriteAutomatically={props.canWriteAutomatically}
                    onChange={(recordWrite) => change({ recordWrite })}
                  />
                )}
                {draft.link === "own" ? (
                  <ReminderFields draft={draft} onChange={change} errorOf={errorOf} />
                ) : null}
              </Card>
            ) : null}
            <Card className="sm:p-6!">
              <Field
                label="Name of this batch"
                name="name"
                required
                hint="Shown in your list of batches. Patients do not see it. Do not use a patient's name."
                error={errorOf("name")}
              >
                {(ids) => (
                  <Input
                    {...ids}
                    autoComplete="off"
                    className="max-w-xl"
                    value={draft.name}
                    onChange={(event) => change({ name: event.target.value })}
                  />
                )}
              </Field>
            </Card>
          </div>
          <section
            aria-labelledby="preview"
            className="flex min-w-0 flex-col gap-3 lg:sticky lg:top-20"
          >
            <h2 id="preview" className="text-lg font-semibold">
              Preview
            </h2>
            {shownChannels.map((channel) => (
              <ChannelPreview
                key={channel}
                channel={channel}
                practiceName={practice.publicName}
                text={sample.text}
              />
            ))}
            {sample.reason ? (
              <Notice tone="warning" title="This text cannot be sent yet" role="status">
                {sample.reason}
              </Notice>
            ) : null}
            <p className="text-sm text-muted">
              Each patient&apos;s own details are filled in when the recipients are checked. You
              review their messages before anything is sent.
            </p>
          </section>
        </div>
        {addedCount === null ? null : (
          <div className="flex max-w-xl flex-col gap-1.5">
            <ProgressBar label="Recipients uploaded" value={addedCount} max={rowCount} />
            <p role="status" className="text-sm text-muted tabular-nums">
              {addedCount.toLocaleString("en-GB")} of {formatCount(rowCount, "recipient")} uploaded.
              Keep this page open.
            </p>
          </div>
        )}
        <div>
          <Button type="submit" variant="primary" pending={create.pending}>
            {create.pending
              ? "Creating…"
              : draft.source === "file" && rowCount > 0
                ? `Create the batch and check ${formatCount(rowCount, "recipient")}`
                : "Create the batch and check its recipients"}
          </Button>
          <p className="mt-2 text-sm text-muted">Nothing is sent yet. You review it first.</p>
        </div>
      </form>
    </div>
  );
}
