import { Badge } from "@/components/ui/badge";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { heroCapabilities } from "@/server/schemas/hero-capabilities";
import type { CapabilityCheck } from "@/server/schemas/practices";

/** The capability checks of a practice: result, reason and duration. */
export function ChecksTable({ checks }: { checks: readonly CapabilityCheck[] }) {
  return (
    <TableFrame label="Capability checks" density="compact">
      <Table>
        <thead>
          <tr>
            <Th className="max-sm:px-2.5">Check</Th>
            <Th className="max-sm:px-2.5">Result</Th>
            <Th numeric className="max-sm:px-2.5">
              Time
            </Th>
          </tr>
        </thead>
        <tbody>
          {checks.map(({ capability, isAvailable, reason, durationMs }) => (
            <tr key={capability}>
              <Td className="font-medium max-sm:px-2.5">{heroCapabilities[capability].name}</Td>
              <Td className="max-sm:px-2.5">
                <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <Badge tone={isAvailable ? "live" : "danger"}>
                    {isAvailable ? "Passed" : "Failed"}
                  </Badge>
                  {reason ? <span className="text-sm sm:min-w-40 text-muted">{reason}</span> : null}
                </div>
              </Td>
              <Td numeric className="whitespace-nowrap text-muted max-sm:px-2.5">
                {durationMs.toLocaleString("en-GB")} ms
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
