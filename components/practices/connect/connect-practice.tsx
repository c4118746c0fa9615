"use client";

import { KeyRound, Network } from "lucide-react";
import { useState } from "react";
import type { Place } from "@/components/shell/portal-path";
import { ChoiceCards } from "@/components/form-kit/choice-cards";
import type { ConnectionReport } from "@/server/schemas/practices";
import { KeyForm, type KeyValues } from "./key-form";
import { NetworkForm, type HeldKey, type NetworkValues } from "./network-form";
import { ReportStep } from "./report-step";

export type Tried =
  | { method: "key"; values: KeyValues; report: ConnectionReport }
  | { method: "network"; values: NetworkValues; report: ConnectionReport };

type ConnectPracticeProps = { place: Place; heldKeys: readonly HeldKey[] };

/**
 * Connecting in two steps: try a key and an id against Hero, then look at the practice they belong to
 * and connect it. What was typed lives in this component only, and goes when the page does.
 */
export function ConnectPractice({ place, heldKeys }: ConnectPracticeProps) {
  const [method, setMethod] = useState<Tried["method"]>("key");
  const [tried, setTried] = useState<Tried | null>(null);
  const [isReportShown, setIsReportShown] = useState(false);

  function showReport(next: Tried) {
    setTried(next);
    setIsReportShown(true);
  }

  if (tried && isReportShown) {
    return <ReportStep place={place} tried={tried} onBack={() => setIsReportShown(false)} />;
  }
  return (
    <div className="flex max-w-2xl flex-col gap-6">
      {heldKeys.length > 0 ? (
        <ChoiceCards
          legend="How will you reach it?"
          name="method"
          value={method}
          onChange={setMethod}
          choices={[
            {
              value: "key",
              title: "With its own API key",
              text: "The practice gave you a Hero key.",
              icon: <KeyRound />,
            },
            {
              value: "network",
              title: "With a key you already hold",
              text: "It is in the same Hero network as a practice you have connected.",
              icon: <Network />,
            },
          ]}
        />
      ) : null}
      {method === "key" ? (
        <KeyForm
          place={place}
          before={tried?.method === "key" ? tried.values : null}
          onTried={(values, report) => showReport({ method: "key", values, report })}
        />
      ) : (
        <NetworkForm
          place={place}
          heldKeys={heldKeys}
          before={tried?.method === "network" ? tried.values : null}
          onTried={(values, report) => showReport({ method: "network", values, report })}
        />
      )}
    </div>
  );
}
