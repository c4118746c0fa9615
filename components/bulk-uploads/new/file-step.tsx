"use client";

import { Download, FileUp } from "lucide-react";
import { type ClipboardEvent, type DragEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { downloadFile } from "@/components/ui/download-file";

type FileStepProps = {
  /** What a row becomes is said elsewhere; this says what happens to the file. */
  description: string;
  template: { createFile: () => Blob; fileName: string };
  pending: boolean;
  onSource: (source: File | string) => void;
};

export function FileStep({ description, template, pending, onSource }: FileStepProps) {
  const fileInputRef = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [isDragOver, setIsDragOver] = useState(false);

  // Pasted rows are used straight away: a text box with 50,000 lines would block the page.
  function handlePaste(event: ClipboardEvent<HTMLTextAreaElement>) {
    const pastedText = event.clipboardData.getData("text/plain");
    if (text !== "" || !pastedText.includes("\n")) return;
    event.preventDefault();
    onSource(pastedText);
  }

  function handleDrop(event: DragEvent) {
    event.preventDefault();
    setIsDragOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onSource(file);
  }

  return (
    <Card aria-labelledby="bulk-upload-file">
      <CardHeader
        id="bulk-upload-file"
        title="Rows"
        description={description}
        actions={
          <Button
            size="sm"
            icon={<Download />}
            onClick={() => downloadFile(template.createFile(), template.fileName)}
          >
            Download template
          </Button>
        }
      />
      <div className="grid gap-5 lg:grid-cols-2">
        <div
          onDragOver={(event) => {
            event.preventDefault();
            setIsDragOver(true);
          }}
          onDragLeave={() => setIsDragOver(false)}
          onDrop={handleDrop}
          className={`flex flex-col items-center justify-center gap-3 rounded-lg border border-dashed p-6 text-center ${isDragOver ? "border-accent bg-accent-soft" : "border-line-strong"}`}
        >
          <p className="text-muted">An Excel workbook (.xlsx) or a CSV file. Drop it here, or</p>
          <input
            ref={fileInputRef}
            type="file"
            aria-label="Excel or CSV file"
            accept=".xlsx,.csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
            className="sr-only"
            tabIndex={-1}
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              if (file) onSource(file);
              // So that the same file can be selected again after a fix.
              event.target.value = "";
            }}
          />
          <Button
            variant="primary"
            icon={<FileUp />}
            pending={pending}
            onClick={() => fileInputRef.current?.click()}
          >
            {pending ? "Reading…" : "Select a file"}
          </Button>
        </div>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!pending) onSource(text);
          }}
          className="flex flex-col items-start gap-3"
        >
          <Field
            label="Or paste from a spreadsheet"
            name="pasted"
            hint="Copy the cells with their headings and paste them here."
            className="w-full"
          >
            {(ids) => (
              <Textarea
                {...ids}
                rows={5}
                value={text}
                spellCheck={false}
                autoComplete="off"
                onPaste={handlePaste}
                onChange={(event) => setText(event.target.value)}
                className="font-mono"
              />
            )}
          </Field>
          <Button type="submit" pending={pending}>
            Use this text
          </Button>
        </form>
      </div>
    </Card>
  );
}
