"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import type { InvalidCell } from "../reader/messages";

type EditableCellProps = {
  cell: InvalidCell;
  /** What the cell is, such as "Date of birth in row 5". */
  label: string;
  /** @returns whether it was saved */
  onSave: (text: string) => Promise<boolean>;
};

const focusOnMount = (element: HTMLElement | null) => element?.focus();

/** A cell's text with a button that turns it into a text box. Enter saves, Escape cancels. */
export function EditableCell({ cell, label, onSave }: EditableCellProps) {
  const { text, value } = cell;
  const [typed, setTyped] = useState<string | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const [wasCancelled, setWasCancelled] = useState(false);

  async function save(newText: string) {
    setIsSaving(true);
    await onSave(newText);
    setIsSaving(false);
    setTyped(null);
  }

  if (typed === null) {
    return (
      <span className="flex flex-wrap items-center justify-between gap-2">
        <span className="min-w-0 break-words">
          {text === null || text.trim() === "" ? "–" : text}
        </span>
        {value === null ? null : (
          <Button
            size="sm"
            ref={wasCancelled ? focusOnMount : null}
            aria-label={`Edit ${label}`}
            onClick={() => {
              setTyped(value);
              setWasCancelled(false);
            }}
          >
            Edit
          </Button>
        )}
      </span>
    );
  }
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSaving) void save(typed);
      }}
    >
      <Input
        aria-label={label}
        mono
        ref={focusOnMount}
        value={typed}
        readOnly={isSaving}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          setTyped(null);
          setWasCancelled(true);
        }}
      />
      <Button size="sm" type="submit" pending={isSaving}>
        Save
      </Button>
    </form>
  );
}
