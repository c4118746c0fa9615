import { ExternalLink, IdCard } from "lucide-react";
import { buttonClasses } from "@/components/ui/button-classes";
import { CopyButton } from "@/components/ui/copy-button";
import { type LookupRetry, UnidentifiedPatient } from "./unidentified-patient";

type VerificationRequiredProps = {
  loginUrl: string;
  retry: LookupRetry;
  onSearchAgain: () => void;
};

/** Hero could not confirm the patient, who must sign in to do so. */
export function VerificationRequired({
  loginUrl,
  retry,
  onSearchAgain,
}: VerificationRequiredProps) {
  return (
    <UnidentifiedPatient
      icon={<IdCard />}
      title="The patient must confirm who they are"
      retry={retry}
      onSearchAgain={onSearchAgain}
    >
      <ol className="flex max-w-prose list-decimal flex-col gap-2 pl-5 marker:text-muted">
        <li>National records could not confirm this patient. Send them this address to sign in.</li>
        <li>When they have signed in, try again here. Nothing has been done for them yet.</li>
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
            Open sign-in page
            <span className="sr-only">(in a new tab)</span>
          </a>
        </div>
      </div>
    </UnidentifiedPatient>
  );
}
