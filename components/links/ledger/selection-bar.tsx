"use client";

import { CalendarPlus, CircleSlash, RotateCcw, Tag } from "lucide-react";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { DateField } from "@/components/forms/date-field";
import { useAction } from "@/components/forms/use-action";
import { formatCount } from "@/components/ui/format-count";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog, Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { findDateProblem } from "@/server/schemas/date-fields";
import { addDays, isLocalDate } from "@/server/schemas/dates";
import { tags as tagList } from "@/server/schemas/links/fields";
import { findDateErrors, missingExpiryMessage, splitTags } from "@/server/schemas/links/rules";
import type { LinkFilters, LinkSelection } from "@/server/schemas/links/list";
import { ProductionWarning } from "@/components/shell/production-warning";
import { canReopen, explainNotClosable, explainNotReopened, isClosable } from "../labels";
import { useLinkChanges } from "./use-link-changes";

type SelectedLink = LinkSelection["items"][number];

type SelectionBarProps = {
  scope: PortalScope;
  /** The selected links of this page. */
  selected: readonly SelectedLink[];
  filters: LinkFilters;
  /** Whether links on other pages can be selected as well. */
  canSelectMatching: boolean;
  today: string;
  onClear: () => void;
};

const maxNamedPractices = 5;

/** "at A, B and C". */
function describePractices(links: readonly SelectedLink[]): string {
  const names = [...new Set(links.map(({ practiceName }) => practiceName))];
  const shown = names.slice(0, maxNamedPractices);
  if (names.length > maxNamedPractices)
    shown.push(formatCount(names.length - maxNamedPractices, "other practice"));
  return `at ${new Intl.ListFormat("en-GB").format(shown)}`;
}

/**
 * Actions on all selected links at once. Closing or reopening several asks first; each can be undone from
 * its message.
 */
export function SelectionBar({
  scope,
  selected: selectedOnPage,
  filters,
  canSelectMatching,
  today,
  onClear,
}: SelectionBarProps) {
  const { run: changeLinks, progress } = useLinkChanges(scope);
  const [matching, setMatching] = useState<LinkSelection | null>(null);
  const [openDialog, setOpenDialog] = useState<"extend" | "tag" | "close" | "reopen" | null>(null);
  const selectMatching = useAction(async () => {
    setMatching(
      await portalClient(scope.tenant, scope.environment).links.selectMatching.query(filters),
    );
    return "staying";
  });
  // A change of the page's own selection ends the selection of all matching links.
  const selected = canSelectMatching && matching ? matching.items : selectedOnPage;
  const closed = selected.filter(({ state }) => state === "closed");
  const open = selected.filter(({ state }) => state !== "closed");
  const closable = selected.filter(isClosable);
  const reopenable = closed.filter((link) => canReopen(link, today));

  /** Ends the selection of all matching links: their states and tags were read before this change. */
  async function run(...change: Parameters<typeof changeLinks>) {
    await changeLinks(...change);
    setMatching(null);
  }

  function setClosed(isClosed: boolean) {
    setOpenDialog(null);
    void run(
      (isClosed ? closable : closed).map(({ id }) => ({ linkId: id, isClosed })),
      { pastTense: isClosed ? "closed" : "reopened" },
    );
  }
  return (
    <section
      aria-label="Selected links"
      className="flex flex-wrap items-center gap-2 rounded-lg border border-line-strong bg-raised px-3 py-2 shadow-md"
    >
      <p role="status" className="mr-auto font-medium tabular-nums">
        {progress
          ? `${progress.done} of ${formatCount(progress.total, "link")}…`
          : `${formatCount(selected.length, "link")} selected`}
        {matching?.hasMore && canSelectMatching && !progress
          ? ". More links match; change these first."
          : null}
      </p>
      {canSelectMatching && !matching ? (
        <Button
          size="sm"
          variant="quiet"
          pending={selectMatching.pending}
          onClick={selectMatching.run}
        >
          Select all that match
        </Button>
      ) : null}
      {selectMatching.problem ? (
        <p role="alert" className="text-sm text-danger">
          {selectMatching.problem}
        </p>
      ) : null}
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
          {closable.length > 0 ? (
            <Button
              size="sm"
              icon={<CircleSlash />}
              pending={progress !== null}
              onClick={() => (selected.length > 1 ? setOpenDialog("close") : setClosed(true))}
            >
              {selected.length > 1 ? "Close…" : "Close"}
            </Button>
          ) : null}
          {reopenable.length > 0 ? (
            <Button
              size="sm"
              icon={<RotateCcw />}
              pending={progress !== null}
              onClick={() => (closed.length > 1 ? setOpenDialog("reopen") : setClosed(false))}
            >
              {closed.length > 1 ? "Reopen…" : "Reopen"}
            </Button>
          ) : null}
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
      <AlertDialog
        open={openDialog === "close"}
        onOpenChange={() => setOpenDialog(null)}
        title={`Close ${formatCount(closable.length, "link")}?`}
        description={[
          `Patients can no longer use ${closable.length === 1 ? "this link" : "these links"} ${describePractices(closable)}. Existing bookings are kept.`,
          explainNotClosable(selected),
        ]
          .join(" ")
          .trim()}
        confirmLabel={`Close ${formatCount(closable.length, "link")}`}
        onConfirm={() => setClosed(true)}
      />
      <AlertDialog
        open={openDialog === "reopen"}
        onOpenChange={() => setOpenDialog(null)}
        title={`Reopen ${formatCount(reopenable.length, "link")}?`}
        description={[
          `Patients can use ${reopenable.length === 1 ? "this link" : "these links"} ${describePractices(reopenable)} again until ${reopenable.length === 1 ? "it expires" : "they expire"}.`,
          explainNotReopened(selected, today),
        ]
          .join(" ")
          .trim()}
        confirmLabel={`Reopen ${formatCount(reopenable.length, "link")}`}
        tone="primary"
        onConfirm={() => setClosed(false)}
      />
      <ExtendDialog
        open={openDialog === "extend"}
        today={today}
        onDone={(expiresOn) => {
          setOpenDialog(null);
          if (!expiresOn) return;
          void run(
            open.map(({ id }) => ({ linkId: id, expiresOn })),
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
            : (findDateProblem(expiresOn, "expiry date") ?? missingExpiryMessage);
          setDateError(error);
          if (!error) onDone(expiresOn);
        }}
      >
        <DateField
          label="Expiry date"
          name="extendTo"
          error={dateError}
          required
          value={expiresOn}
          onChange={setExpiresOn}
          example={addDays(today, 14)}
        />
      </form>
    </Dialog>
  );
}

type TagDialogProps = {
  open: boolean;
  selected: readonly SelectedLink[];
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
