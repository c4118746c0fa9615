import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { FrameError } from "./use-frame-events";

type FrameErrorNoticeProps = { error: FrameError | null; onRetry: () => void };

export function FrameErrorNotice({ error, onRetry }: FrameErrorNoticeProps) {
  if (!error) return null;
  return (
    <Notice
      tone="danger"
      role="alert"
      title={error.title}
      // Reloading would lose unsaved text, and the loader retries by itself.
      action={
        error.isElementShown && error.willRetry ? null : <Button onClick={onRetry}>Reload</Button>
      }
    >
      {error.text} {error.willRetry ? "It will retry automatically." : null}
    </Notice>
  );
}
