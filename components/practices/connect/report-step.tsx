"use client";

import { ChevronLeft } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { portalClient, readFailure } from "@/components/client";
import { describeFailure } from "@/components/form-kit/use-form-call";
import { type Place, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorSummary, type SummaryError } from "@/components/ui/error-summary";
import { Fact, Facts } from "@/components/ui/facts";
import { Identifier } from "@/components/ui/identifier";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import { environmentNames } from "@/server/schemas/environments";
import { Capabilities } from "../capabilities";
import { ReadsTable } from "../reads-table";
import { count, describeSector } from "../words";
import type { Tried } from "./connect-practice";

type ReportStepProps = { place: Place; tried: Tried; onBack: () => void };

/** Second step: whose practice this is, in large letters, before anything is saved. */
export function ReportStep({ place, tried, onBack }: ReportStepProps) {
  const { report } = tried;
  const router = useRouter();
  const toast = useToast();
  const [pending, setPending] = useState(false);
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const busy = useRef(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  async function connect() {
    if (busy.current) return;
    busy.current = true;
    setPending(true);
    try {
      const { practices } = portalClient(place.tenant, place.environment);
      const practice =
        tried.method === "key"
          ? await practices.connect.mutate(tried.values)
          : await practices.connectNetwork.mutate(tried.values);
      toast({ tone: "success", title: `Connected ${practice.name}` });
      router.push(portalPath(place, `/practices/${practice.id}`));
      router.refresh();
    } catch (error) {
      const failure = readFailure(error);
      const remarks = Object.values(failure.fieldErrors);
      setErrors(
        remarks.length > 0
          ? remarks.map((message) => ({ message }))
          : [{ message: describeFailure(failure) }],
      );
      busy.current = false;
      setPending(false);
    }
  }

  const broken = report.reads.filter((read) => !read.isWorking).length;
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <ErrorSummary title="The practice was not connected" errors={errors} />
      <Card className="flex flex-col gap-6">
        <div>
          <p className="text-sm text-muted">This key and id belong to</p>
          <h2 ref={heading} tabIndex={-1} className="text-3xl font-semibold outline-none">
            {report.name}
          </h2>
        </div>
        <Facts>
          <Fact term="Practice group id">
            <Identifier value={report.practiceGroupId} label="Copy practice group id" />
          </Fact>
          <Fact term="Environment">{environmentNames[place.environment]}</Fact>
          <Fact term="Sector">{describeSector(report.sector)}</Fact>
          <Fact term="Alias">{tried.values.alias ?? "None"}</Fact>
          <Fact term="Capabilities">
            <Capabilities capabilities={report.capabilities} />
          </Fact>
        </Facts>
      </Card>
      {broken > 0 ? (
        <Notice tone="warning" title={`${count(broken, "read does", "reads do")} not work`}>
          You can connect the practice all the same. What needs {broken === 1 ? "it" : "them"} stays
          unavailable until the practice allows {broken === 1 ? "it" : "them"}.
        </Notice>
      ) : null}
      <section aria-labelledby="reads-tried" className="flex flex-col gap-3">
        <h2 id="reads-tried" className="text-lg font-semibold">
          What the key can read
        </h2>
        <ReadsTable reads={report.reads} />
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
          Not the practice you meant? Go back: nothing has been saved.
        </p>
      </div>
    </div>
  );
}
