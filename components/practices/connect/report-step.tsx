"use client";

import { ChevronLeft } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { DescriptionItem, DescriptionList } from "@/components/ui/description-list";
import { Identifier } from "@/components/ui/identifier";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import { environmentNames } from "@/server/schemas/environment-names";
import type { ConnectionReport } from "@/server/schemas/practices";
import { Capabilities } from "../capabilities";
import { ChecksTable } from "../checks-table";
import { formatCount } from "@/components/ui/format-count";
import { describeSector } from "../labels";
import type { KeyValues } from "./key-form";
import type { NetworkValues } from "./network-form";

export type TestedConnection =
  | { method: "key"; values: KeyValues; report: ConnectionReport }
  | { method: "network"; values: NetworkValues; report: ConnectionReport };

type ReportStepProps = { scope: PortalScope; tested: TestedConnection; onBack: () => void };

/** The second step: shows the practice's name before anything is saved. */
export function ReportStep({ scope, tested, onBack }: ReportStepProps) {
  const { report } = tested;
  const router = useRouter();
  const toast = useToast();
  const [pending, setPending] = useState(false);
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const isSubmitting = useRef(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  async function connect() {
    if (isSubmitting.current) return;
    isSubmitting.current = true;
    setPending(true);
    try {
      const { practices } = portalClient(scope.tenant, scope.environment);
      const practice =
        tested.method === "key"
          ? await practices.connect.mutate(tested.values)
          : await practices.connectNetwork.mutate(tested.values);
      toast({ tone: "success", title: `Connected ${practice.name}` });
      router.push(portalPath(scope, `/practices/${practice.id}`));
      router.refresh();
    } catch (error) {
      const failure = toCallFailure(error);
      const messages = Object.values(failure.fieldErrors);
      setErrors(
        messages.length > 0
          ? messages.map((message) => ({ message }))
          : [{ message: describeFailure(failure) }],
      );
      isSubmitting.current = false;
      setPending(false);
    }
  }

  const failedCount = report.capabilityChecks.filter((check) => !check.isAvailable).length;
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <ErrorSummary title="The practice was not connected" errors={errors} />
      <Card className="flex flex-col gap-6">
        <div>
          <p className="text-sm text-muted">This key connects to</p>
          <h2 ref={heading} tabIndex={-1} className="text-3xl font-semibold outline-none">
            {report.name}
          </h2>
        </div>
        <DescriptionList>
          <DescriptionItem term="Practice group ID">
            <Identifier value={report.practiceGroupId} label="Copy practice group ID" />
          </DescriptionItem>
          <DescriptionItem term="Environment">
            {environmentNames[scope.environment]}
          </DescriptionItem>
          <DescriptionItem term="Sector">{describeSector(report.sector)}</DescriptionItem>
          <DescriptionItem term="Nickname">{tested.values.nickname ?? "None"}</DescriptionItem>
          <DescriptionItem term="Capabilities">
            <Capabilities capabilities={report.capabilities} />
          </DescriptionItem>
        </DescriptionList>
      </Card>
      {failedCount > 0 ? (
        <Notice tone="warning" title={`${formatCount(failedCount, "check")} failed`}>
          You can still connect the practice. Features that need {failedCount === 1 ? "it" : "them"}{" "}
          stay unavailable until the practice allows {failedCount === 1 ? "it" : "them"}.
        </Notice>
      ) : null}
      <section aria-labelledby="capability-checks" className="flex flex-col gap-3">
        <h2 id="capability-checks" className="text-lg font-semibold">
          Checks
        </h2>
        <ChecksTable checks={report.capabilityChecks} />
      </section>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          variant="primary"
          pending={pending}
          onClick={() => void connect()}
          className="max-w-full whitespace-normal!"
        >
          {pending ? "Connecting…" : `Connect ${report.name}`}
        </Button>
        <Button variant="quiet" icon={<ChevronLeft />} pending={pending} onClick={onBack}>
          Back
        </Button>
        <p className="basis-full text-sm text-muted">
          Wrong practice? Go back. Nothing has been saved.
        </p>
      </div>
    </div>
  );
}
