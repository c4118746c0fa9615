import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { FrameError } from "./use-frame-events";

type FrameErrorNoticeProps = { error: FrameError | null; onRetry: () => void };

/** Why the element is not there, and the way back to it. */
export function FrameErrorNotice({ error, onRetry }: FrameErrorNoticeProps) {
  if (!error) return null;
  return (
    <Notice
      tone="danger"
      role="alert"
      title={error.title}
      // What is half written is not to be thrown away for a trouble that passes.
      action={
        error.isElementShown && error.willRetry ? null : (
          <Button onClick={onRetry}>Open it anew</Button>
        )
      }
    >
      {error.text} {error.willRetry ? "It tries again by itself." : null}
    </Notice>
  );
}
