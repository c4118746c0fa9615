import { Notice } from "@/components/ui/notice";
import type { TaskChangeResult } from "@/server/schemas/tasks";
import { listFieldNames } from "./labels";

/** What became of a change of a task. */
export function ChangeResult({ result }: { result: TaskChangeResult }) {
  const { outcome, notSaved, notShown } = result;
  if (outcome === "saved") {
    return (
      <Notice tone="success" role="status" title="Task saved in Hero">
        {notShown.length > 0
          ? `Hero accepted the change, but does not show the task's ${listFieldNames(notShown)}.`
          : null}
      </Notice>
    );
  }
  if (outcome === "changed_since") {
    return (
      <Notice tone="warning" role="alert" title="Someone changed this task since you opened it">
        Nothing was sent. The task is shown as Hero has it now.
      </Notice>
    );
  }
  if (outcome === "unknown") {
    return (
      <Notice tone="warning" role="alert" title="It is not known whether the task was changed">
        Hero&apos;s reply was lost. Show the tasks again in a minute, and check this one before you
        change it again.
      </Notice>
    );
  }
  return (
    <Notice
      tone="danger"
      role="alert"
      title={
        outcome === "not_saved" ? "Hero did not save the change" : "Hero saved part of the change"
      }
    >
      Not saved: {listFieldNames(notSaved)}. The task is shown as Hero has it now.
    </Notice>
  );
}
