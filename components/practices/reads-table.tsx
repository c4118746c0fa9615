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
            <Th className="max-sm:px-2.5">Read</Th>
            <Th className="max-sm:px-2.5">Result</Th>
            <Th numeric className="max-sm:px-2.5">
              Time
            </Th>
          </tr>
        </thead>
        <tbody>
          {reads.map(({ read, isWorking, reason, durationMs }) => (
            <tr key={read}>
              <Td className="font-medium max-sm:px-2.5">{readNames[read]}</Td>
              <Td className="max-sm:px-2.5">
                <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <Badge tone={isWorking ? "live" : "danger"}>
                    {isWorking ? "Works" : "Does not work"}
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
