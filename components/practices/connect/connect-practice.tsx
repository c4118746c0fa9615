"use client";

import { KeyRound, Network } from "lucide-react";
import { useState } from "react";
import type { PortalScope } from "@/components/shell/portal-path";
import { ChoiceCards } from "@/components/forms/choice-cards";
import { KeyForm } from "./key-form";
import { NetworkForm, type StoredKey } from "./network-form";
import { ReportStep, type TestedConnection } from "./report-step";

type ConnectPracticeProps = { scope: PortalScope; storedKeys: readonly StoredKey[] };

/**
 * Connects a practice in two steps: test a key and an ID, then confirm the practice they belong to.
 * What was typed is kept in this component only.
 */
export function ConnectPractice({ scope, storedKeys }: ConnectPracticeProps) {
  const [method, setMethod] = useState<TestedConnection["method"]>("key");
  const [tested, setTested] = useState<TestedConnection | null>(null);
  const [isReportOpen, setIsReportOpen] = useState(false);

  function showReport(next: TestedConnection) {
    setTested(next);
    setIsReportOpen(true);
  }

  if (tested && isReportOpen) {
    return <ReportStep scope={scope} tested={tested} onBack={() => setIsReportOpen(false)} />;
  }
  return (
    <div className="flex max-w-2xl flex-col gap-6">
      {storedKeys.length > 0 ? (
        <ChoiceCards
          legend="How do you want to connect?"
          name="method"
          value={method}
          onChange={setMethod}
          choices={[
            {
              value: "key",
              title: "With its own API key",
              text: "The practice gave you a Hero API key.",
              icon: <KeyRound />,
            },
            {
              value: "network",
              title: "With an existing key",
              text: "The practice is in the same Hero network as one you have connected.",
              icon: <Network />,
            },
          ]}
        />
      ) : null}
      {method === "key" ? (
        <KeyForm
          scope={scope}
          previousValues={tested?.method === "key" ? tested.values : null}
          onTested={(values, report) => showReport({ method: "key", values, report })}
        />
      ) : (
        <NetworkForm
          scope={scope}
          storedKeys={storedKeys}
          previousValues={tested?.method === "network" ? tested.values : null}
          onTested={(values, report) => showReport({ method: "network", values, report })}
        />
      )}
    </div>
  );
}
