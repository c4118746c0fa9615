"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useOperationIds } from "@/components/appointments/use-operation-ids";
import { portalClient, toCallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";
import { useLiveQuery } from "@/components/forms/use-live-query";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { Failure } from "@/components/ui/failure";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type {
  MessageChannel,
  MessagePreview,
  MessageSettings,
  MessageTemplateList,
  MessageView,
  MessageWarning,
} from "@/server/schemas/messages";
import { AttachmentField } from "./attachment-field";
import { ChannelPicker, FallbackPicker } from "./channel-picker";
import { ChannelPreview } from "./channel-preview";
import { describeChannelCosts } from "./cost-text";
import {
  emptyDraft,
  findContactReason,
  findMissing,
  findQuietEnd,
  findSendAt,
  hasContact,
  type MessageDraft,
  previewInputOf,
} from "./draft";
import { describeQuietHours } from "./quiet-text";
import { RecordWriteField } from "./record-write-field";
import { ReviewMessage } from "./review-message";
import { SensitiveContact } from "./sensitive-contact";
import { SentMessage } from "./sent-message";
import { CharacterCount, SmsMeter } from "./sms-meter";
import { type LinkChoice, LinkField, TextFields } from "./text-fields";
import { useMessageFile } from "./use-message-file";
import { labelOfVariable, listTypedVariables, renderSample } from "./variables";
import { WhenField } from "./when-field";

type ComposeMessageProps = {
  scope: PortalScope;
  practice: { id: string; name: string; publicName: string };
  patientId: string;
  /** For the review; see `ReviewMessage`. */
  maskedPatient: string | null;
  templates: MessageTemplateList;
  settings: MessageSettings;
  links: readonly LinkChoice[];
  /** The link whose page led here; empty for none. */
  initialLinkId: string;
  canWriteAutomatically: boolean;
  /** Today's UK date. */
  today: string;
};

type Review = {
  preview: MessagePreview;
  channel: MessageChannel;
  sendAt: string | null;
  /** Sent at the end of quiet hours, although no time was selected. */
  waitsForQuietEnd: boolean;
};

/** One message: write it, check it as the server renders it, send it, and undo it for a few seconds. */
export function ComposeMessage(props: ComposeMessageProps) {
  const { scope, practice, patientId, settings, links } = props;
  const router = useRouter();
  const operations = useOperationIds();
  const [draft, setDraft] = useState<MessageDraft>({ ...emptyDraft, linkId: props.initialLinkId });
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [review, setReview] = useState<Review | null>(null);
  const [sent, setSent] = useState<{ message: MessageView; requestedAt: number } | null>(null);
  const [isUndone, setUndone] = useState(false);
  const [problem, setProblem] = useState<{ title: string; message: string } | null>(null);
  const [pending, setPending] = useState(false);
  /** As last read; kept while it is read again. */
  const [allowed, setAllowed] = useState<MessagePreview | null>(null);
  const [readings, setReadings] = useState(0);
  const isRunning = useRef(false);
  /** The last request to send had no reply: the server may have taken it. */
  const isUnanswered = useRef(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const client = portalClient(scope.tenant, scope.environment);
  const change = (changes: Partial<MessageDraft>) =>
    setDraft((current) => ({ ...current, ...changes }));
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const patient = { practiceId: practice.id, patientId };
  const file = useMessageFile(scope, patient, (attachment) =>
    setDraft((current) => ({ ...current, attachment })),
  );

  // Which channels there are does not depend on the text, so that nothing is sent while someone types.
  const availability = useLiveQuery(
    `${practice.id} ${patientId} ${readings}`,
    async () => {
      const input = previewInputOf({ ...emptyDraft, channel: "note" }, [], patient);
      setAllowed(await client.messages.preview.mutate(input));
    },
    0,
  );
  const channels = allowed?.channels ?? [];

  const typedVariables = listTypedVariables(draft.text);
  const link = links.find(({ id }) => id === draft.linkId) ?? null;
  const sample = renderSample(draft, {
    practiceName: practice.publicName,
    linkUrl: link?.url ?? null,
  });
  const shownChannels: MessageChannel[] =
    draft.channel === null
      ? ["sms"]
      : draft.channel === "nhs_app" && draft.fallbackChannel
        ? [draft.channel, draft.fallbackChannel]
        : [draft.channel];

  /** Runs one step at a time; a failure is a sentence to show. */
  async function run(
    step: () => Promise<void>,
    onFailure: (message: string, hasResponse: boolean) => void,
  ) {
    if (isRunning.current) return;
    isRunning.current = true;
    setPending(true);
    try {
      await step();
    } catch (error) {
      const failure = toCallFailure(error);
      const [fieldError] = Object.values(failure.fieldErrors);
      onFailure(fieldError ?? describeFailure(failure), failure.hasResponse);
    }
    isRunning.current = false;
    setPending(false);
  }

  // The step that was opened has the focus, but not the page when it loads.
  const isNewStep = useRef(false);
  useEffect(() => {
    if (isNewStep.current) heading.current?.focus();
    isNewStep.current = false;
  }, [review]);

  function openStep(next: Review | null) {
    isNewStep.current = true;
    setReview(next);
  }

  function check(event: { preventDefault: () => void }) {
    event.preventDefault();
    const when = findSendAt(draft, new Date());
    const found = [
      ...findMissing(draft, typedVariables, labelOfVariable, channels),
      ...("errors" in when ? when.errors : []),
      ...(file.pending
        ? [{ field: "attachment", message: "Wait until the file has been uploaded." }]
        : []),
    ];
    setErrors(found);
    setProblem(null);
    setUndone(false);
    const { channel } = draft;
    if (found.length > 0 || channel === null || "errors" in when) return;
    void run(
      async () => {
        const input = previewInputOf({ ...draft, channel }, typedVariables, patient);
        const preview = await client.messages.preview.mutate(input);
        if (preview.refusal !== null || preview.previewFingerprint === null) {
          setErrors([{ message: preview.refusal ?? "This message cannot be sent." }]);
          return;
        }
        const quietEnd =
          when.sendAt === null ? findQuietEnd(input, preview.earliestSendAt, settings) : null;
        openStep({
          preview,
          channel,
          sendAt: when.sendAt ?? quietEnd,
          waitsForQuietEnd: quietEnd !== null,
        });
      },
      (message) => setErrors([{ message }]),
    );
  }

  function send({ preview, channel, sendAt }: Review, confirmed: MessageWarning[]) {
    const { previewFingerprint } = preview;
    if (previewFingerprint === null) return;
    setProblem(null);
    void run(
      async () => {
        const operationId = operations.idFor("send");
        if (isUnanswered.current) {
          const found = await client.messages.findByOperation.query({ operationId });
          isUnanswered.current = false;
          if (found) return router.push(portalPath(scope, `/messages/${found.messageId}`));
        }
        const requestedAt = performance.now();
        const message = await client.messages.send.mutate({
          ...previewInputOf({ ...draft, channel }, typedVariables, patient),
          operationId,
          previewFingerprint,
          confirmed,
          sendAt,
        });
        setSent({ message, requestedAt });
      },
      (reason, hasResponse) => {
        isUnanswered.current = !hasResponse;
        if (hasResponse) operations.forget("send");
        setProblem({
          title: hasResponse
            ? "The message was not sent"
            : "It is not known whether the message was requested",
          message: hasResponse ? reason : `${reason} Press the button again: it is not sent twice.`,
        });
      },
    );
  }

  const showMessage = (message: MessageView) =>
    router.push(portalPath(scope, `/messages/${message.id}`));

  function goBack() {
    openStep(null);
    setProblem(null);
  }

  if (sent) {
    return (
      <SentMessage
        scope={scope}
        message={sent.message}
        requestedAt={sent.requestedAt}
        onUndone={(message) => {
          if (message.state !== "cancelled") return showMessage(message);
          operations.forget("send");
          setSent(null);
          setUndone(true);
          goBack();
        }}
        onEnd={() => showMessage(sent.message)}
      />
    );
  }
  if (review) {
    return (
      <ReviewMessage
        scope={scope}
        patientId={patientId}
        maskedPatient={props.maskedPatient}
        practice={practice}
        channel={review.channel}
        fallbackChannel={review.channel === "nhs_app" ? draft.fallbackChannel : null}
        recordWrite={review.channel === "note" ? "none" : draft.recordWrite}
        linkName={link?.name ?? null}
        sendAt={review.sendAt}
        waitsForQuietEnd={review.waitsForQuietEnd}
        undoSeconds={settings.undoSeconds}
        preview={review.preview}
        pending={pending}
        problem={problem}
        heading={heading}
        onSend={(confirmed) => send(review, confirmed)}
        onBack={goBack}
      />
    );
  }
  return (
    <form method="post" noValidate onSubmit={check} className="flex flex-col gap-5">
      <h2 ref={heading} tabIndex={-1} className="sr-only">
        Write the message
      </h2>
      {isUndone ? (
        <Notice tone="success" title="Undone. Nothing was sent" role="status">
          Change the message and check it again, or leave this page.
        </Notice>
      ) : null}
      <ErrorSummary errors={errors} />
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-5">
          <Card className="flex flex-col gap-5 sm:p-6!">
            {availability.state === "failed" ? (
              <Failure
                title="Could not read which channels are available"
                retry={availability.retry}
              >
                {availability.problem} Nothing was sent.
              </Failure>
            ) : null}
            <ChannelPicker
              channels={channels}
              value={draft.channel}
              costs={describeChannelCosts(settings)}
              onChange={(channel) => change({ channel })}
              error={errorOf("channel")}
            />
            {availability.state === "loading" && !allowed ? (
              <p role="status" className="text-muted">
                Reading the patient&apos;s channels from Hero…
              </p>
            ) : null}
            {draft.channel === "nhs_app" && !allowed?.isSensitiveContact ? (
              <FallbackPicker
                channels={channels}
                value={draft.fallbackChannel}
                onChange={(fallbackChannel) => change({ fallbackChannel })}
              />
            ) : null}
            {hasContact(draft) ? (
              <ContactField
                draft={draft}
                reason={findContactReason(draft, channels)}
                onChange={change}
                error={errorOf("contact")}
              />
            ) : null}
            {allowed ? (
              <SensitiveContact
                scope={scope}
                patient={patient}
                isSensitive={allowed.isSensitiveContact}
                onChanged={() => {
                  change({ channel: null, fallbackChannel: null, contact: "" });
                  setReadings(readings + 1);
                }}
              />
            ) : null}
          </Card>
          <Card className="flex flex-col gap-5 sm:p-6!">
            <TextFields
              draft={draft}
              templates={props.templates}
              hasLink={draft.linkId !== ""}
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
            <LinkField
              linkId={draft.linkId}
              links={links}
              onChange={(linkId) => change({ linkId })}
            />
          </Card>
          <Card className="sm:p-6!">
            <AttachmentField
              scope={scope}
              patient={patient}
              attachment={draft.attachment}
              file={file}
            />
          </Card>
          <Card className="flex flex-col gap-6 sm:p-6!">
            {draft.channel === "note" ? null : (
              <RecordWriteField
                channel={draft.channel}
                value={draft.recordWrite}
                canWriteAutomatically={props.canWriteAutomatically}
                onChange={(recordWrite) => change({ recordWrite })}
              />
            )}
            <WhenField
              draft={draft}
              today={props.today}
              quietHours={describeQuietHours(settings)}
              onChange={change}
              errorOf={errorOf}
            />
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
            The patient&apos;s own details are filled in when you check the message.
          </p>
        </section>
      </div>
      <div>
        <Button type="submit" variant="primary" pending={pending}>
          {pending ? "Checking…" : "Check the message"}
        </Button>
      </div>
    </form>
  );
}

function ContactField({
  draft,
  reason,
  onChange,
  error,
}: {
  draft: MessageDraft;
  /** Why one has to be entered; null when the record's can be used. */
  reason: string | null;
  onChange: (changes: Partial<MessageDraft>) => void;
  error: string | undefined;
}) {
  const isEmail =
    draft.channel === "email" || (draft.channel === "nhs_app" && draft.fallbackChannel === "email");
  return (
    <Field
      label={isEmail ? "Another email address" : "Another mobile number"}
      name="contact"
      required={reason !== null}
      optionalMark={reason === null}
      hint={
        reason === null
          ? "Leave it empty to use the one in the patient's record. A different one has to be confirmed, and does not change the record."
          : `${reason} The one you enter has to be confirmed, and does not change the record.`
      }
      error={error}
    >
      {(ids) => (
        <Input
          {...ids}
          inputMode={isEmail ? "email" : "tel"}
          autoComplete="off"
          className="sm:max-w-72"
          value={draft.contact}
          onChange={(event) => onChange({ contact: event.target.value })}
        />
      )}
    </Field>
  );
}
