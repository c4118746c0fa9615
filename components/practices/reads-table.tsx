import { Badge } from "@/components/ui/badge";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { type ReadResult, readNames } from "@/server/schemas/practices";

/** Which reads of a practice work with its key, why others do not, and how long each took. */
export function ReadsTable({ reads }: { reads: readonly ReadResult[] }) {
  return (
    <TableFrame label="Reads tried against Hero" density="compact">
      <Table>
        <thead>
          <tr>
            <Th>Read</Th>
            <Th>Result</Th>
            <Th numeric>Time</Th>
          </tr>
        </thead>
        <tbody>
          {reads.map(({ read, isWorking, reason, durationMs }) => (
            <tr key={read}>
              <Td className="font-medium">{readNames[read]}</Td>
              <Td>
                <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <Badge tone={isWorking ? "live" : "danger"}>
                    {isWorking ? "Works" : "Does not work"}
                  </Badge>
                  {reason ? <span className="min-w-40 text-sm text-muted">{reason}</span> : null}
                </div>
              </Td>
              <Td numeric className="whitespace-nowrap text-muted">
                {durationMs.toLocaleString("en-GB")} ms
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
