"use client";

import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import type { AppointmentView } from "@/server/schemas/appointments";

const whatPeopleSee = (appointment: AppointmentView) =>
  JSON.stringify({ ...appointment, refreshedAt: null });

type CheckWithHeroProps = {
  scope: PortalScope;
  appointment: AppointmentView;
  /** Reads once when the page is shown: the practice can change an appointment at any time. */
  readsAtOnce: boolean;
};

/** Reads the appointment from Hero. It changes nothing there. */
export function CheckWithHero({ scope, appointment, readsAtOnce }: CheckWithHeroProps) {
  const router = useRouter();
  const [statusText, setStatusText] = useState("");
  const { pending, problem, run } = useAction(async () => {
    setStatusText("");
    const { appointment: read } = await portalClient(
      scope.tenant,
      scope.environment,
    ).appointments.refresh.mutate({ appointmentId: appointment.id });
    setStatusText("Up to date.");
    // The page reads the patient's record as well, which is audited: only where something has changed.
    if (whatPeopleSee(read) !== whatPeopleSee(appointment)) router.refresh();
    return "staying";
  });
  const hasRead = useRef(false);
  useEffect(() => {
    if (!readsAtOnce || hasRead.current) return;
    hasRead.current = true;
    run();
  }, [readsAtOnce, run]);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 print:hidden">
      <Button size="sm" icon={<RefreshCw />} pending={pending} onClick={run}>
        {pending ? "Checking…" : "Check with Hero"}
      </Button>
      <p role="status" className={problem ? "text-sm text-danger" : "text-sm text-muted"}>
        {problem ?? statusText}
      </p>
    </div>
  );
}
