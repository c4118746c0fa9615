"use client";

import { type RefObject, useState } from "react";
import { ProductionWarning } from "@/components/shell/production-warning";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { formatTimestamp } from "@/server/schemas/dates";
import type {
  FallbackChannel,
  MessageChannel,
  MessagePreview,
  MessageWarning,
  RecordWrite,
} from "@/server/schemas/messages";
import { ChannelPreview } from "./channel-preview";
import { describeCost, describeParts } from "./cost-text";
import { describeFile } from "./file-size";
import { buttonLabels, describeChannels, recordWriteNames, recordWriteTexts } from "./labels";

type ReviewMessageProps = {
  scope: PortalScope;
  patientId: string;
  /** Masked, such as "J••• S•••, born ••• 1989"; null where Hero reported nothing. */
  maskedPatient: string | null;
  practice: { name: string; publicName: string };
  channel: MessageChannel;
  fallbackChannel: FallbackChannel | null;
  recordWrite: RecordWrite;
  linkName: string | null;
  /** In UTC; null: as soon as it can no longer be undone. */
  sendAt: string | null;
  /** No time was selected, and quiet hours end at `sendAt`. */
  waitsForQuietEnd: boolean;
  undoSeconds: number;
  preview: MessagePreview;
  pending: boolean;
  problem: { title: string; message: string } | null;
  heading: RefObject<HTMLHeadingElement | null>;
  onSend: (confirmed: MessageWarning[]) => void;
  onBack: () => void;
};

/** Everything about the message that a person checks, then the button that sends it. */
export function ReviewMessage(props: ReviewMessageProps) {
  const { preview, channel, fallbackChannel, recordWrite, practice, pending } = props;
  const [confirmed, setConfirmed] = useState<readonly MessageWarning[]>([]);
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const channels = [channel, fallbackChannel].flatMap((name) => {
    const facts = preview.channels.find((each) => each.channel === name);
    return facts ? [facts] : [];
  });
  const { label, pendingLabel } = buttonLabels(channel, props.sendAt);

  function send() {
    const missing = preview.warnings
      .filter(({ code }) => !confirmed.includes(code))
      .map(({ code }) => ({
        field: `confirm-${code}`,
        message: "Confirm each warning, or go back.",
      }))
      .slice(0, 1);
    setErrors(missing);
    if (missing.length === 0) props.onSend([...confirmed]);
  }

  return (
    <Card aria-labelledby="review" className="max-w-4xl sm:p-6!">
      <h2
        id="review"
        ref={props.heading}
        tabIndex={-1}
        className="mb-4 text-lg font-semibold outline-offset-4"
      >
        Check the message
      </h2>
      <div className="flex flex-col gap-6">
        {props.problem ? (
          <ErrorSummary title={props.problem.title} errors={[{ message: props.problem.message }]} />
        ) : null}
        <ErrorSummary errors={errors} />
        <DescriptionList>
          <DescriptionItem term="Patient">
            Hero patient <span className="font-mono font-semibold">{props.patientId}</span>
            {props.maskedPatient ? (
              <span className="block text-muted">
                <span className="sr-only">Other details partly hidden</span>
                <span aria-hidden="true">{props.maskedPatient}</span>
              </span>
            ) : null}
          </DescriptionItem>
          <DescriptionItem term="Practice">{practice.name}</DescriptionItem>
          <DescriptionItem term="Channel">
            {describeChannels({ channel, fallbackChannel })}
            {channels.map(({ channel: name, contact }) =>
              contact ? (
                <span key={name} className="block text-muted tabular-nums">
                  To {contact}
                </span>
              ) : null,
            )}
          </DescriptionItem>
          {props.linkName ? <DescriptionItem term="Link">{props.linkName}</DescriptionItem> : null}
          {preview.attachment ? (
            <DescriptionItem term="Attachment">
              1 file: {describeFile(preview.attachment)}
              {channels.some(({ smsParts }) => smsParts !== null) ? (
                <span className="block text-sm text-muted">
                  Hero may add its address to the text message. The estimate does not include that.
                </span>
              ) : null}
            </DescriptionItem>
          ) : null}
          <DescriptionItem term="When">{describeWhen(props)}</DescriptionItem>
          <DescriptionItem term="Cost">
            {describeCost(preview.cost)}
            {channels.map(({ channel: name, smsParts, costlyCharacter }) =>
              smsParts === null ? null : (
                <span key={name} className="block text-sm text-muted">
                  {describeParts(smsParts, costlyCharacter)}
                </span>
              ),
            )}
          </DescriptionItem>
          <DescriptionItem term="Patient record">
            {recordWriteNames[recordWrite]}
            <span className="block text-sm text-muted">{recordWriteTexts[recordWrite]}</span>
          </DescriptionItem>
        </DescriptionList>
        <section aria-labelledby="shown" className="flex flex-col gap-3">
          <h3 id="shown" className="font-semibold">
            {channel === "note" ? "What Hero keeps" : "What the patient sees"}
          </h3>
          <div className="grid gap-3 md:grid-cols-2">
            {channels.map((facts) => (
              <ChannelPreview
                key={facts.channel}
                channel={facts.channel}
                practiceName={practice.publicName}
                text={facts.text ?? ""}
              >
                {facts.channel === fallbackChannel
                  ? "Only if they do not open the message in the NHS App within one hour."
                  : null}
              </ChannelPreview>
            ))}
          </div>
        </section>
        {preview.warnings.length > 0 ? (
          <fieldset className="rounded-lg border border-ending-line bg-ending-soft p-4">
            <legend className="float-left mb-2 w-full font-semibold text-ending">
              Confirm before you send
            </legend>
            <div className="clear-both flex flex-col gap-2">
              {preview.warnings.map(({ code, message }) => (
                <label key={code} className="flex min-h-8 cursor-pointer items-start gap-2">
                  <input
                    type="checkbox"
                    id={`confirm-${code}`}
                    className="mt-0.5 size-4 shrink-0 accent-accent"
                    checked={confirmed.includes(code)}
                    onChange={(event) =>
                      setConfirmed(
                        event.target.checked
                          ? [...confirmed, code]
                          : confirmed.filter((each) => each !== code),
                      )
                    }
                  />
                  {message}
                </label>
              ))}
            </div>
          </fieldset>
        ) : null}
        <div className="flex flex-wrap items-start gap-2">
          <ProductionWarning
            environment={props.scope.environment}
            text={
              channel === "note"
                ? "This saves a real note about a patient."
                : "This sends a real message to a patient."
            }
          >
            <Button variant="primary" pending={pending} onClick={send}>
              {pending ? pendingLabel : label}
            </Button>
          </ProductionWarning>
          <Button onClick={pending ? undefined : props.onBack}>Change the message</Button>
        </div>
      </div>
    </Card>
  );
}

/** Sent a little later than pressed, because of the time to undo. */
function describeWhen({
  sendAt,
  waitsForQuietEnd,
  undoSeconds,
}: Pick<ReviewMessageProps, "sendAt" | "waitsForQuietEnd" | "undoSeconds">): string {
  if (sendAt === null) {
    return `${undoSeconds} seconds after you press the button. You can undo it until then.`;
  }
  const time = `${formatTimestamp(sendAt)}, UK time`;
  return waitsForQuietEnd ? `${time}, when quiet hours end` : time;
}
