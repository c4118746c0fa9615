import type { CredentialView } from "@/server/schemas/practices";

/** Identifies a key by its last four characters and its fingerprint. */
export function KeySummary({ credential }: { credential: CredentialView }) {
  return (
    <span className="inline-flex flex-col font-mono text-sm">
      <span>
        <span aria-hidden="true">••••</span>
        <span className="sr-only">Key ending in </span>
        {credential.lastFour}
      </span>
      <span className="text-xs text-muted" title={`Fingerprint ${credential.fingerprint}`}>
        <span className="sr-only">Fingerprint </span>
        {credential.fingerprint.slice(0, 12)}
      </span>
    </span>
  );
}
