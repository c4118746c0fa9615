"use client";

import { RotateCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { SelectField } from "@/components/forms/select-field";
import { useAction } from "@/components/forms/use-action";
import { useLiveQuery } from "@/components/forms/use-live-query";
import type { PortalScope } from "@/components/shell/portal-path";
import { usePortalLocation } from "@/components/shell/shell-context";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatCount } from "@/components/ui/format-count";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type { DeliveryPeriod } from "@/server/schemas/webhook-deliveries";
import { periodHours, periodNames } from "./labels";

const isoBefore = (period: DeliveryPeriod) =>
  new Date(Date.now() - periodHours[period] * 3_600_000).toISOString();

/** Processes the deliveries since a time again, after their number was shown: those of the header's practice, or all. */
export function ReplaySince() {
  const [open, setOpen] = useState(false);
  const { scope, practiceId, practice } = usePortalLocation();
  // The time stays the same while its number is shown, so that no other ones are replayed.
  const [choice, setChoice] = useState<{ period: DeliveryPeriod; since: string } | null>(null);
  const select = (period: DeliveryPeriod) => setChoice({ period, since: isoBefore(period) });

  return (
    <>
      <Button
        size="sm"
        icon={<RotateCw />}
        onClick={() => {
          select("hour");
          setOpen(true);
        }}
      >
        Replay
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Replay deliveries"
        description={`Reads the records of these deliveries from Hero again, for ${practice?.name ?? "all practices"}. Nothing is counted twice.`}
      >
        {choice ? (
          <ReplayForm
            scope={scope}
            practiceId={practice ? practiceId : null}
            period={choice.period}
            since={choice.since}
            onSelect={select}
            onClose={() => setOpen(false)}
          />
        ) : null}
      </Dialog>
    </>
  );
}

type ReplayFormProps = {
  scope: PortalScope;
  /** Null: all practices. */
  practiceId: string | null;
  period: DeliveryPeriod;
  since: string;
  onSelect: (period: DeliveryPeriod) => void;
  onClose: () => void;
};

function ReplayForm({ scope, practiceId, period, since, onSelect, onClose }: ReplayFormProps) {
  const router = useRouter();
  const toast = useToast();
  const client = portalClient(scope.tenant, scope.environment);
  const input = { since, practiceId: practiceId ?? undefined };
  const count = useLiveQuery(since, () => client.deliveries.countReplayable.query(input), 0);
  const replay = useAction(async () => {
    const replayed = await client.deliveries.replaySince.mutate(input);
    toast({
      tone: "success",
      title: `Replaying ${formatCount(replayed, "delivery", "deliveries")}`,
    });
    onClose();
    router.refresh();
    return "staying";
  });
  const isEmpty = count.state === "loaded" && count.data === 0;

  return (
    <div className="flex flex-col gap-4">
      <SelectField
        label="Arrived"
        name="since"
        value={period}
        options={Object.entries(periodNames)}
        onChange={(next) => onSelect(next as DeliveryPeriod)}
      />
      <p role="status">
        {count.state === "loaded"
          ? `${formatCount(count.data, "delivery", "deliveries")} will be processed again.`
          : count.state === "failed"
            ? count.problem
            : "Counting…"}
      </p>
      {replay.problem ? (
        <Notice tone="danger" role="alert" title="The deliveries were not replayed">
          {replay.problem}
        </Notice>
      ) : null}
      <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="primary"
          pending={replay.pending || count.state !== "loaded" || isEmpty}
          onClick={replay.run}
        >
          {replay.pending ? "Replaying…" : "Replay deliveries"}
        </Button>
      </div>
    </div>
  );
}
