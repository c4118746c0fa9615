import { Badge } from "@/components/ui/badge";
import { Td, Th } from "@/components/ui/table";
import { Timestamp } from "@/components/ui/timestamp";
import type { SendingView } from "@/server/schemas/events";
import { describeAttempt, sendingStates } from "./labels";

/** The headings of `SendingCells`. */
export function SendingHeadings() {
  return (
    <>
      <Th>State</Th>
      <Th numeric>Attempts</Th>
      <Th>Last attempt</Th>
      <Th>Next attempt</Th>
    </>
  );
}

/** How far a sending has come. Of a response only its status is known. */
export function SendingCells({ sending }: { sending: Omit<SendingView, "event"> }) {
  const { state, attempts, lastAttempt, nextAttemptAt } = sending;
  const { label, tone } = sendingStates[state];
  return (
    <>
      <Td label="State">
        <Badge tone={tone}>{label}</Badge>
      </Td>
      <Td label="Attempts" numeric>
        {attempts}
      </Td>
      <Td label="Last attempt">
        {lastAttempt ? (
          <>
            {describeAttempt(lastAttempt)},{" "}
            <Timestamp iso={lastAttempt.attemptedAt} format="table" />
          </>
        ) : (
          "None yet"
        )}
      </Td>
      <Td label="Next attempt">
        {nextAttemptAt ? <Timestamp iso={nextAttemptAt} format="table" /> : "–"}
      </Td>
    </>
  );
}
