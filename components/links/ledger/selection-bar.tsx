"use client";

import { CalendarPlus, CircleSlash, Tag } from "lucide-react";
import { useState } from "react";
import { formatCount } from "@/components/ui/format-count";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { addDays, isLocalDate } from "@/server/schemas/dates";
import { tags as tagList } from "@/server/schemas/links/fields";
import { findDateErrors, missingExpiryMessage, splitTags } from "@/server/schemas/links/rules";
import type { LinkView } from "@/server/schemas/links/view";
import { ProductionWarning } from "@/components/shell/production-warning";
import { useLinkChanges } from "./use-link-changes";

type SelectionBarProps = {
  scope: PortalScope;
  selected: readonly LinkView[];
  today: string;
  onClear: () => void;
};

/** Actions on all selected links at once. Each can be undone from its message. */
export function SelectionBar({ scope, selected, today, onClear }: SelectionBarProps) {
  const { run, progress } = useLinkChanges(scope);
  const [openDialog, setOpenDialog] = useState<"extend" | "tag" | null>(null);
  const ids = selected.map(({ id }) => id);
  return (
    <section
      aria-label="Selected links"
      className="sticky bottom-3 z-20 mt-3 flex flex-wrap items-center gap-2 rounded-lg border border-line-strong bg-raised px-4 py-2.5 shadow-lg print:hidden"
    >
      <p role="status" className="mr-auto font-medium tabular-nums">
        {progress
          ? `${progress.done} of ${formatCount(progress.total, "link")}…`
          : `${formatCount(selected.length, "link")} selected`}
      </p>
      <ProductionWarning environment={scope.environment} text="This changes what patients can use.">
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            icon={<CalendarPlus />}
            pending={progress !== null}
            onClick={() => setOpenDialog("extend")}
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
                { pastTense: "closed" },
              )
            }
          >
            Close
          </Button>
        </div>
      </ProductionWarning>
      <Button
        size="sm"
        icon={<Tag />}
        pending={progress !== null}
        onClick={() => setOpenDialog("tag")}
      >
        Tag…
      </Button>
      <Button size="sm" variant="quiet" onClick={onClear}>
        Clear
      </Button>
      <ExtendDialog
        open={openDialog === "extend"}
        today={today}
        onDone={(expiresOn) => {
          setOpenDialog(null);
          if (!expiresOn) return;
          void run(
            ids.map((linkId) => ({ linkId, expiresOn })),
            { pastTense: "extended" },
          );
        }}
      />
      <TagDialog
        open={openDialog === "tag"}
        selected={selected}
        onDone={(addedTags, removedTags) => {
          setOpenDialog(null);
          if (addedTags.length + removedTags.length === 0) return;
          const removedSet = new Set(removedTags);
          void run(
            selected.map(({ id, tags }) => ({
              linkId: id,
              tags: [...new Set([...tags.filter((tag) => !removedSet.has(tag)), ...addedTags])],
            })),
            { pastTense: "tagged" },
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
  const [dateError, setDateError] = useState<string>();
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : onDone())}
      title="Extend selected links"
      description="The links stop working at the end of this date, UK time. Form links and links that were not created do not change."
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
          const error = isLocalDate(expiresOn)
            ? findDateErrors({ expiresOn }, today)[0]?.message
            : missingExpiryMessage;
          setDateError(error);
          if (!error) onDone(expiresOn);
        }}
      >
        <Field label="Expiry date" name="extendTo" error={dateError} required>
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
  selected: readonly LinkView[];
  onDone: (addedTags: string[], removedTags: string[]) => void;
};

function TagDialog({ open, selected, onDone }: TagDialogProps) {
  const [text, setText] = useState("");
  const [removedTags, setRemovedTags] = useState<readonly string[]>([]);
  const [tagError, setTagError] = useState<string>();
  const existingTags = [...new Set(selected.flatMap(({ tags }) => tags))].sort();

  function finish(addedTags: string[], tagsToRemove: readonly string[]) {
    setText("");
    setRemovedTags([]);
    setTagError(undefined);
    onDone(addedTags, [...tagsToRemove]);
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : finish([], []))}
      title="Tag selected links"
      description="Use tags to find links. Tags are not sent to Hero."
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
          const parsed = tagList.safeParse(splitTags(text));
          if (!parsed.success) return setTagError(parsed.error.issues[0]?.message);
          finish(parsed.data, removedTags);
        }}
      >
        <Field label="Add tags" name="addTags" hint="Separate tags with commas." error={tagError}>
          {(ids) => (
            <Input
              {...ids}
              value={text}
              autoComplete="off"
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        {existingTags.length > 0 ? (
          <fieldset className="flex flex-col gap-1.5">
            <legend className="mb-1.5 font-medium">Remove tags</legend>
            {existingTags.map((tag) => (
              <label key={tag} className="flex min-h-6 items-center gap-2.5">
                <input
                  type="checkbox"
                  className="size-4 accent-accent"
                  checked={removedTags.includes(tag)}
                  onChange={(event) =>
                    setRemovedTags(
                      event.target.checked
                        ? [...removedTags, tag]
                        : removedTags.filter((existing) => existing !== tag),
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
