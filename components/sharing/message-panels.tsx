"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { countSmsParts, listCostlyCharacters, nameCharacter } from "@/server/schemas/sms-parts";
import { emailText, type SharedLink, smsText } from "./message-templates";

const formatCount = (amount: number, noun: string) =>
  `${amount.toLocaleString("en-GB")} ${noun}${amount === 1 ? "" : "s"}`;

function MessageLengthSummary({ text }: { text: string }) {
  const { characters, parts, charactersPerPart, encoding } = countSmsParts(text);
  const costlyCharacters = listCostlyCharacters(text);
  return (
    <div className="flex flex-col gap-1 text-sm">
      {/* Only the number of messages is announced: the length changes with every key. */}
      <p className="text-muted">
        <strong role="status" className="font-semibold text-ink">
          {formatCount(parts, "message")}
        </strong>{" "}
        · {formatCount(characters, "character")}, {charactersPerPart} per message ·{" "}
        {encoding === "gsm7" ? (
          <abbr title="Standard SMS characters">GSM-7</abbr>
        ) : (
          <abbr title="Unicode">UCS-2</abbr>
        )}
      </p>
      {costlyCharacters.length > 0 ? (
        <p className="text-ending">
          {costlyCharacters.length === 1 ? "This character is" : "These characters are"} not
          standard SMS characters, so fewer fit in a message:{" "}
          {costlyCharacters.slice(0, 12).map((character) => (
            <code key={character} className="mr-1 rounded-sm bg-ending-soft px-1 font-mono">
              {nameCharacter(character)}
            </code>
          ))}
        </p>
      ) : null}
    </div>
  );
}

type MissingUrlWarningProps = { text: string; url: string };

/** Warns that the message no longer contains the link. */
function MissingUrlWarning({ text, url }: MissingUrlWarningProps) {
  return text.includes(url) ? null : (
    <p role="alert" className="text-sm font-medium text-danger">
      The message no longer contains the link.
    </p>
  );
}

/** A text message to copy, with its length. */
export function SmsPanel({ link }: { link: SharedLink }) {
  const [text, setText] = useState(() => smsText(link));
  return (
    <div className="flex max-w-2xl flex-col gap-3">
      <Field
        label="Text message"
        name="smsText"
        hint="Copy this into your own messaging system. We do not send it."
      >
        {(ids) => (
          <Textarea
            {...ids}
            rows={6}
            maxLength={2000}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <MessageLengthSummary text={text} />
      <MissingUrlWarning text={text} url={link.url} />
      <div className="flex flex-wrap gap-2">
        <CopyButton value={text} label="Copy text" />
        <Button variant="quiet" onClick={() => setText(smsText(link))}>
          Reset
        </Button>
      </div>
    </div>
  );
}

/** An email to copy. */
export function EmailPanel({ link }: { link: SharedLink }) {
  const [{ subject, body }, setEmail] = useState(() => emailText(link));
  return (
    <div className="flex max-w-2xl flex-col gap-3">
      <Field label="Subject" name="emailSubject">
        {(ids) => (
          <Input
            {...ids}
            maxLength={200}
            value={subject}
            onChange={(event) => setEmail({ subject: event.target.value, body })}
          />
        )}
      </Field>
      <Field
        label="Email"
        name="emailBody"
        hint="Copy this into your own messaging system. We do not send it."
      >
        {(ids) => (
          <Textarea
            {...ids}
            rows={14}
            maxLength={5000}
            value={body}
            onChange={(event) => setEmail({ subject, body: event.target.value })}
          />
        )}
      </Field>
      <p className="text-sm text-muted">{formatCount([...body].length, "character")}</p>
      <MissingUrlWarning text={body} url={link.url} />
      <div className="flex flex-wrap gap-2">
        <CopyButton value={subject} label="Copy subject" />
        <CopyButton value={body} label="Copy email" />
        <Button variant="quiet" onClick={() => setEmail(emailText(link))}>
          Reset
        </Button>
      </div>
    </div>
  );
}
