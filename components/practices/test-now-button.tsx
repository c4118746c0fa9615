"use client";

import { Activity } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAct } from "@/components/form-kit/use-act";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import type { PracticeView } from "@/server/schemas/practices";

function describeTest({ health, reads }: PracticeView): string {
  const answer = reads.find((each) => each.read === "practice");
  const time = answer ? ` in ${answer.durationMs.toLocaleString("en-GB")} ms` : "";
  if (health === "working") return `Hero answered${time}.`;
  if (health === "needs_new_key") return `Hero refused the key${time}.`;
  return `The test failed${time}.`;
}

type TestNowButtonProps = { place: Place; practiceId: string };

/** Asks Hero about the practice at once, and says what it answered and how fast. */
export function TestNowButton({ place, practiceId }: TestNowButtonProps) {
  const router = useRouter();
  const [outcome, setOutcome] = useState("");
  const { pending, problem, run } = useAct(async () => {
    setOutcome("");
    const client = portalClient(place.tenant, place.environment);
    setOutcome(describeTest(await client.practices.testNow.mutate({ practiceId })));
    router.refresh();
    return "staying";
  });
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <Button icon={<Activity />} pending={pending} onClick={run}>
        {pending ? "Testing…" : "Test now"}
      </Button>
      <p role="status" className={problem ? "text-sm text-danger" : "text-sm text-muted"}>
        {problem ?? outcome}
      </p>
    </div>
  );
}
