"use client";

import { useRef, useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";
import type { PortalScope } from "@/components/shell/portal-path";
import { findFileProblem } from "@/server/schemas/file-type";
import {
  maxAttachmentBytes,
  type MessageAttachment,
  uploadMessageFileInput,
} from "@/server/schemas/message-attachments";

type Patient = { practiceId: string; patientId: string };
type Problem = {
  message: string;
  /** The portal did not respond: the same request again uploads nothing twice. */
  retry: (() => void) | null;
};

/**
 * The file of a message that is being written. It goes to Hero when it is selected: `onReady` gets it when Hero has
 * it, and null while there is none that can be sent.
 */
export function useMessageFile(
  scope: PortalScope,
  patient: Patient,
  onReady: (attachment: MessageAttachment | null) => void,
) {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isRunning = useRef(false);
  const client = portalClient(scope.tenant, scope.environment);

  async function run(attach: () => Promise<MessageAttachment>): Promise<void> {
    if (isRunning.current) return;
    isRunning.current = true;
    setPending(true);
    setProblem(null);
    onReady(null);
    try {
      const attachment = await attach();
      if (attachment.state === "ready") onReady(attachment);
      else {
        const message = attachment.reason ?? "The file is still being uploaded. Select it again.";
        setProblem({ message, retry: null });
      }
    } catch (error) {
      const failure = toCallFailure(error);
      const [fieldError] = Object.values(failure.fieldErrors);
      setProblem({
        message: fieldError ?? describeFailure(failure),
        retry: failure.hasResponse ? null : () => void run(attach),
      });
    }
    isRunning.current = false;
    setPending(false);
  }

  return {
    pending,
    problem,
    async select(file: File): Promise<void> {
      const refuse = (message: string) => setProblem({ message, retry: null });
      if (file.size > maxAttachmentBytes) return refuse("Select a file of up to 2 MB.");
      const content = await readLatin1(file).catch(() => null);
      if (content === null) return refuse("This file could not be read. Select it again.");
      const input = uploadMessageFileInput.safeParse({
        ...patient,
        operationId: crypto.randomUUID(),
        name: file.name,
        data: btoa(content),
      });
      if (!input.success) return refuse(input.error.issues[0]?.message ?? "Select another file.");
      const fileProblem = findFileProblem(input.data.name, content);
      if (fileProblem) return refuse(fileProblem);
      await run(() => client.messages.uploadFile.mutate(input.data));
    },
    selectFromRecord(fileId: string): Promise<void> {
      const operationId = crypto.randomUUID();
      return run(() =>
        client.messages.attachRecordFile.mutate({ ...patient, operationId, fileId }),
      );
    },
    remove(): void {
      setProblem(null);
      onReady(null);
    },
  };
}

export type MessageFile = ReturnType<typeof useMessageFile>;

/** The content, one character for each byte. @throws when the file cannot be read */
async function readLatin1(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const parts: string[] = [];
  // In pieces: a function takes only so many arguments.
  for (let start = 0; start < bytes.length; start += 32_768) {
    parts.push(String.fromCharCode(...bytes.subarray(start, start + 32_768)));
  }
  return parts.join("");
}
