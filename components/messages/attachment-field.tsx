"use client";

import { Paperclip } from "lucide-react";
import { useRef, useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { SelectField } from "@/components/forms/select-field";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { FieldError } from "@/components/ui/field";
import { attachmentEndings, type MessageAttachment } from "@/server/schemas/message-attachments";
import type { PatientFiles } from "@/server/schemas/patient-record";
import { describeFile } from "./file-size";
import type { MessageFile } from "./use-message-file";

type AttachmentFieldProps = {
  scope: PortalScope;
  patient: { practiceId: string; patientId: string };
  attachment: MessageAttachment | null;
  file: MessageFile;
};

/** One file for the message: from this device, or from the patient's record. */
export function AttachmentField({ scope, patient, attachment, file }: AttachmentFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [record, setRecord] = useState<PatientFiles | null>(null);
  const list = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    setRecord(await client.patients.listFiles.mutate(patient));
    return "staying";
  });
  const { pending, problem } = file;
  return (
    <fieldset className="flex flex-col items-start gap-2">
      <legend className="mb-1.5 font-medium">Attachment (optional)</legend>
      <p id="attachment-hint" className="text-sm text-muted">
        One PDF, PNG or JPEG file of up to 2 MB. It goes to Hero when you select it, and to the
        patient only with the message.
      </p>
      {problem ? <FieldError id="attachment-error">{problem.message}</FieldError> : null}
      {attachment ? (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-medium wrap-anywhere">{describeFile(attachment)}</span>
          <Button
            size="sm"
            variant="quiet"
            onClick={() => {
              file.remove();
              button.current?.focus();
            }}
          >
            Remove<span className="sr-only"> {attachment.name}</span>
          </Button>
        </p>
      ) : null}
      <input
        ref={input}
        type="file"
        aria-label="File to attach"
        accept={attachmentEndings.map((ending) => `.${ending}`).join(",")}
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          const [selected] = event.target.files ?? [];
          if (selected) void file.select(selected);
          // So that the same file can be selected again.
          event.target.value = "";
        }}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          ref={button}
          id="attachment"
          size="sm"
          icon={<Paperclip />}
          pending={pending}
          aria-describedby={problem ? "attachment-error attachment-hint" : "attachment-hint"}
          onClick={() => input.current?.click()}
        >
          {pending ? "Uploading…" : attachment ? "Replace the file" : "Attach a file"}
        </Button>
        {problem?.retry ? (
          <Button size="sm" pending={pending} onClick={problem.retry}>
            Try again
          </Button>
        ) : null}
        <Button size="sm" variant="quiet" pending={list.pending} onClick={list.run}>
          {list.pending ? "Reading…" : "List the files of the patient's record"}
        </Button>
      </div>
      <p role="status" className="text-sm text-muted empty:hidden">
        {record && record.files.length === 0
          ? "Hero lists no files for this patient."
          : attachment
            ? "The file is attached."
            : ""}
      </p>
      <p role="alert" className="text-danger empty:hidden">
        {list.problem}
      </p>
      {record && record.files.length > 0 ? (
        <SelectField
          label="File of the patient's record"
          name="recordFile"
          value=""
          options={[
            ["", "Select a file"],
            ...record.files.map(
              ({ id, name }, index) => [id, name ?? `File ${index + 1}`] as const,
            ),
          ]}
          onChange={(fileId) => {
            if (fileId !== "" && !pending) void file.selectFromRecord(fileId);
          }}
        />
      ) : null}
    </fieldset>
  );
}
