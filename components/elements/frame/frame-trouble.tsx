import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { FrameTrouble } from "./use-frame-log";

type FrameTroubleNoticeProps = { trouble: FrameTrouble | null; onRetry: () => void };

/** Why the element is not there, and the way back to it. */
export function FrameTroubleNotice({ trouble, onRetry }: FrameTroubleNoticeProps) {
  if (!trouble) return null;
  return (
    <Notice
      tone="danger"
      role="alert"
      title={trouble.title}
      // What is half written is not to be thrown away for a trouble that passes.
      action={
        trouble.isThere && trouble.comesBack ? null : (
          <Button onClick={onRetry}>Open it anew</Button>
        )
      }
    >
      {trouble.text} {trouble.comesBack ? "It tries again by itself." : null}
    </Notice>
  );
}
