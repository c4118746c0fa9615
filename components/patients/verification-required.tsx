import { ExternalLink, IdCard, RotateCw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { buttonClasses } from "@/components/ui/button-classes";
import { CopyButton } from "@/components/ui/copy-button";
import { LookupResult } from "./lookup-result";

type VerificationRequiredProps = {
  loginUrl: string;
  retry: { pending: boolean; problem: string | null; run: () => void };
  onSearchAgain: () => void;
};

/** Hero is not sure who this is, and the patient has to say so by signing in. */
export function VerificationRequired({
  loginUrl,
  retry,
  onSearchAgain,
}: VerificationRequiredProps) {
  return (
    <LookupResult
      icon={<IdCard />}
      iconClasses="border-unknown-line bg-unknown-soft text-unknown"
      title="The patient has to prove who they are"
      actions={
        <>
          <Button variant="primary" icon={<RotateCw />} pending={retry.pending} onClick={retry.run}>
            {retry.pending ? "Asking Hero…" : "Try again"}
          </Button>
          <Button variant="quiet" onClick={onSearchAgain}>
            Look up someone else
          </Button>
        </>
      }
    >
      <ol className="flex max-w-prose list-decimal flex-col gap-2 pl-5 marker:text-muted">
        <li>
          The national records alone did not settle who this is. Send the patient this address; they
          sign in there.
        </li>
        <li>When they have signed in, try again here. Nothing has been made yet.</li>
      </ol>
      <div className="flex flex-col gap-3 rounded-lg border border-line bg-sunken p-4">
        <p className="font-mono text-sm break-all">{loginUrl}</p>
        <div className="flex flex-wrap gap-2">
          <CopyButton value={loginUrl} label="Copy sign-in address" size="sm" />
          <a
            href={loginUrl}
            target="_blank"
            rel="noreferrer"
            className={buttonClasses({ variant: "quiet", size: "sm" })}
          >
            <ExternalLink aria-hidden="true" className="size-4" />
            Open it
            <span className="sr-only">(in a new tab)</span>
          </a>
        </div>
      </div>
      {retry.problem ? (
        <p role="alert" className="text-danger">
          {retry.problem}
        </p>
      ) : null}
    </LookupResult>
  );
}
