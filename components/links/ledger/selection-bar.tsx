"use client";

import { CalendarPlus, CircleSlash, Tag } from "lucide-react";
import { useState } from "react";
import { count } from "@/components/practices/words";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { addDays, isBareDate } from "@/server/schemas/dates";
import { type LinkView, tags as tagList } from "@/server/schemas/links";
import { PatientAct } from "@/components/shell/patient-act";
import { useChanges } from "./use-changes";

type SelectionBarProps = {
  place: Place;
  chosen: readonly LinkView[];
  today: string;
  onClear: () => void;
};

/** What can be done with the chosen links at once. Each act can be undone from its message. */
export function SelectionBar({ place, chosen, today, onClear }: SelectionBarProps) {
  const { run, progress } = useChanges(place);
  const [open, setOpen] = useState<"extend" | "tag" | null>(null);
  const ids = chosen.map(({ id }) => id);
  return (
    <section
      aria-label="Chosen links"
      className="sticky bottom-3 z-20 mt-3 flex flex-wrap items-center gap-2 rounded-lg border border-line-strong bg-raised px-4 py-2.5 shadow-lg print:hidden"
    >
      <p role="status" className="mr-auto font-medium tabular-nums">
        {progress
          ? `${progress.done} of ${count(progress.of, "link")}…`
          : `${count(chosen.length, "link")} chosen`}
      </p>
      <PatientAct environment={place.environment} text="This changes what patients can do.">
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            icon={<CalendarPlus />}
            pending={progress !== null}
            onClick={() => setOpen("extend")}
          >
            Extend…
          </Button>
          <Button
            size="sm"
            icon={<CircleSlash />}
            pending={progress !== null}
            onClick={() =>
              void run(
                ids.map((linkId) => ({ linkId, isClosed: true })),
                { done: "closed" },
              )
            }
          >
            Close
          </Button>
        </div>
      </PatientAct>
      <Button size="sm" icon={<Tag />} pending={progress !== null} onClick={() => setOpen("tag")}>
        Tag…
      </Button>
      <Button size="sm" variant="quiet" onClick={onClear}>
        Clear
      </Button>
      <ExtendDialog
        open={open === "extend"}
        today={today}
        onDone={(expiresOn) => {
          setOpen(null);
          if (!expiresOn) return;
          void run(
            ids.map((linkId) => ({ linkId, expiresOn })),
            { done: "extended" },
          );
        }}
      />
      <TagDialog
        open={open === "tag"}
        chosen={chosen}
        onDone={(add, drop) => {
          setOpen(null);
          if (add.length + drop.length === 0) return;
          const isDropped = new Set(drop);
          void run(
            chosen.map(({ id, tags }) => ({
              linkId: id,
              tags: [...new Set([...tags.filter((tag) => !isDropped.has(tag)), ...add])],
            })),
            { done: "tagged" },
          );
        }}
      />
    </section>
  );
}

type ExtendDialogProps = {
  open: boolean;
  today: string;
  onDone: (expiresOn?: string) => void;
};

function ExtendDialog({ open, today, onDone }: ExtendDialogProps) {
  const [expiresOn, setExpiresOn] = useState(addDays(today, 14));
  const [fault, setFault] = useState<string>();
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : onDone())}
      title="Extend the chosen links"
      description="They stop working at the end of this day, UK time. Form links and links that were not made stay as they are."
      footer={
        <>
          <Button onClick={() => onDone()}>Cancel</Button>
          <Button variant="primary" type="submit" form="extend-links">
            Extend
          </Button>
        </>
      }
    >
      <form
        id="extend-links"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBareDate(expiresOn)) return setFault("Enter the day the links stop working.");
          if (expiresOn < today) return setFault("The expiry must be today or later.");
          setFault(undefined);
          onDone(expiresOn);
        }}
      >
        <Field label="Expires at the end of" name="extendTo" error={fault} required>
          {(ids) => (
            <Input
              {...ids}
              type="date"
              min={today}
              value={expiresOn}
              onChange={(event) => setExpiresOn(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

type TagDialogProps = {
  open: boolean;
  chosen: readonly LinkView[];
  onDone: (add: string[], drop: string[]) => void;
};

function TagDialog({ open, chosen, onDone }: TagDialogProps) {
  const [text, setText] = useState("");
  const [dropped, setDropped] = useState<readonly string[]>([]);
  const [fault, setFault] = useState<string>();
  const held = [...new Set(chosen.flatMap(({ tags }) => tags))].sort();

  function finish(add: string[], drop: readonly string[]) {
    setText("");
    setDropped([]);
    setFault(undefined);
    onDone(add, [...drop]);
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : finish([], []))}
      title="Tag the chosen links"
      description="Tags are your own words for finding links. Nothing is sent to Hero."
      footer={
        <>
          <Button onClick={() => finish([], [])}>Cancel</Button>
          <Button variant="primary" type="submit" form="tag-links">
            Save tags
          </Button>
        </>
      }
    >
      <form
        id="tag-links"
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          const words = text
            .split(",")
            .map((word) => word.trim())
            .filter(Boolean);
          const read = tagList.safeParse(words);
          if (!read.success) return setFault(read.error.issues[0]?.message);
          finish(read.data, dropped);
        }}
      >
        <Field label="Add tags" name="addTags" hint="Put a comma between them." error={fault}>
          {(ids) => (
            <Input
              {...ids}
              value={text}
              autoComplete="off"
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        {held.length > 0 ? (
          <fieldset className="flex flex-col gap-1.5">
            <legend className="mb-1.5 font-medium">Take away</legend>
            {held.map((tag) => (
              <label key={tag} className="flex min-h-6 items-center gap-2.5">
                <input
                  type="checkbox"
                  className="size-4 accent-accent"
                  checked={dropped.includes(tag)}
                  onChange={(event) =>
                    setDropped(
                      event.target.checked
                        ? [...dropped, tag]
                        : dropped.filter((each) => each !== tag),
                    )
                  }
                />
                {tag}
              </label>
            ))}
          </fieldset>
        ) : null}
      </form>
    </Dialog>
  );
}
