"use client";

import { useActionState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { SessionView } from "@/server/schemas/account";
import { describeBrowser } from "./describe-browser";

/** The outcome of ending sessions. */
export type SessionActionState = { message: string; isSuccess: boolean } | null;
type SessionAction = (
  previousState: SessionActionState,
  form: FormData,
) => Promise<SessionActionState>;

/** A session with its times already formatted on the server, which keeps the formatter out of this script. */
type SessionRow = Pick<SessionView, "id" | "userAgent" | "isCurrent"> & {
  signedInAt: string;
  lastSeenAt: string;
};

type SessionListProps = {
  sessions: readonly SessionRow[];
  /** Ends the session with the form's `sessionId`, or all other sessions without one. */
  endSessions: SessionAction;
};

/** Where the user is signed in, each with a sign-out button. */
export function SessionList({ sessions, endSessions }: SessionListProps) {
  const [outcome, submit, isPending] = useActionState(endSessions, null);
  return (
    <div>
      <div role="status">
        {outcome ? (
          <Notice tone={outcome.isSuccess ? "success" : "danger"} title={outcome.message} />
        ) : null}
      </div>
      <ul className="divide-y divide-line">
        {sessions.map(({ id, userAgent, isCurrent, signedInAt, lastSeenAt }) => (
          <li key={id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
            <div className="min-w-0 flex-1 basis-60">
              <p className="flex flex-wrap items-center gap-2 font-medium">
                {describeBrowser(userAgent)}
                {isCurrent ? <Badge tone="live">This session</Badge> : null}
              </p>
              <p className="text-sm text-muted">
                Last used {lastSeenAt}. Signed in {signedInAt}.
              </p>
            </div>
            {isCurrent ? null : (
              <form action={submit}>
                <input type="hidden" name="sessionId" value={id} />
                <Button
                  type="submit"
                  size="sm"
                  pending={isPending}
                  aria-label={`Sign out ${describeBrowser(userAgent)}, last used ${lastSeenAt}`}
                >
                  Sign out
                </Button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 ? (
        <form action={submit} className="mt-4">
          <Button type="submit" pending={isPending}>
            Sign out everywhere else
          </Button>
        </form>
      ) : null}
    </div>
  );
}
