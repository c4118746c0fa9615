import { RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { ButtonLink } from "@/components/ui/button";
import { Timestamp } from "@/components/ui/timestamp";
import { formatLocalDate } from "@/server/schemas/dates";
import type { LinkView } from "@/server/schemas/links/view";
import { linkSubject } from "./labels";

function ProblemRow({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 gap-y-0.5 sm:grid-cols-[8rem_minmax(0,1fr)]">
      <dt className="font-semibold">{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

type LinkProblemProps = { scope: PortalScope; link: LinkView; canCreate: boolean };

/** For a failed or unknown link: what we tried, what did not happen, and what to do. */
export function LinkProblem({ scope, link, canCreate }: LinkProblemProps) {
  const isUnknown = link.state === "unknown";
  return (
    <>
      <dl className="mt-5 flex max-w-3xl flex-col gap-3 border-t border-line pt-5">
        <ProblemRow term="What happened">{link.reason ?? "Hero gave no reason."}</ProblemRow>
        <ProblemRow term="What we tried">
          We sent the request once, at <Timestamp iso={link.createdAt} />.
        </ProblemRow>
        <ProblemRow term="What did not happen">
          {isUnknown
            ? "We did not send it again, because that could create two links."
            : "No link was created, and nothing was sent to a patient."}
        </ProblemRow>
        <ProblemRow term="What to do">
          {isUnknown ? (
            <>
              Ask {link.practice.name} whether Hero lists a link for {linkSubject(link)}
              {link.location ? ` at ${link.location.name}` : null} that expires on{" "}
              {formatLocalDate(link.expiresOn)}. If it does, use its address to resolve this link.
              If not, create a new link.
            </>
          ) : (
            "Fix the problem above, then try again."
          )}
        </ProblemRow>
      </dl>
      {canCreate && !isUnknown ? (
        <div className="mt-5">
          <ButtonLink
            href={portalPath(scope, "/links/new", { practice: link.practice.id, from: link.id })}
            icon={<RotateCcw />}
          >
            Try again with the same details
          </ButtonLink>
        </div>
      ) : null}
    </>
  );
}
