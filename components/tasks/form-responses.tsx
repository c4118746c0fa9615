"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Timestamp } from "@/components/ui/timestamp";
import type { FormResponseDetails, LinkFormResponse } from "@/server/schemas/tasks";

type FormResponsesProps = {
  scope: PortalScope;
  linkId: string;
  responses: readonly LinkFormResponse[];
  /** Who sent it is about a patient; showing it is audited. */
  canShow: boolean;
};

/** The forms that were sent through a link, newest first. Hero does not send the answers. */
export function FormResponses({ scope, linkId, responses, canShow }: FormResponsesProps) {
  if (responses.length === 0) {
    return <p className="text-muted">No form has been sent through this link.</p>;
  }
  return (
    <ul className="flex flex-col">
      {responses.map((response) => (
        <FormResponse
          key={response.id}
          scope={scope}
          linkId={linkId}
          response={response}
          canShow={canShow}
        />
      ))}
    </ul>
  );
}

type FormResponseProps = Omit<FormResponsesProps, "responses"> & { response: LinkFormResponse };

function FormResponse({ scope, linkId, response, canShow }: FormResponseProps) {
  const [details, setDetails] = useState<FormResponseDetails | null>(null);
  const show = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    const input = { linkId, formResponseId: response.id };
    setDetails(await client.tasks.showFormResponse.mutate(input));
    return "staying";
  });
  return (
    <li className="border-t border-line py-2.5 first:border-t-0">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="min-w-0">
          Form sent <Timestamp iso={response.submittedAt ?? response.readAt} />
        </p>
        {canShow ? (
          <Button
            size="sm"
            icon={details ? <EyeOff /> : <Eye />}
            aria-pressed={details !== null}
            pending={show.pending}
            onClick={() => (details ? setDetails(null) : show.run())}
          >
            {details ? "Hide patient" : "Show patient"}
          </Button>
        ) : null}
      </div>
      {details ? (
        <div className="mt-2 rounded-lg border border-line bg-sunken p-3 text-sm">
          <p>
            Hero patient{" "}
            <span className="font-mono">{details.patientId ?? "not known: Hero does not say"}</span>
          </p>
          {details.recordWriteFailure ? (
            <p className="wrap-anywhere">
              It was not written to the patient&apos;s record: {details.recordWriteFailure}
            </p>
          ) : null}
        </div>
      ) : null}
      {show.problem ? (
        <p role="alert" className="mt-1 text-sm text-danger">
          {show.problem}
        </p>
      ) : null}
    </li>
  );
}
