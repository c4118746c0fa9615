import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { ApiDocs } from "@/server/schemas/api-docs";
import { Prose } from "./prose";

const problemAnchor = (name: string) => `problem-${name}`;

/** Every problem type. Each row has an anchor. */
export function ProblemTable({ problems }: Pick<ApiDocs, "problems">) {
  return (
    <TableFrame label="Problems" density="compact">
      <Table cardsOnPhones className="text-sm!">
        <thead>
          <tr>
            <Th numeric>Status</Th>
            <Th>Type</Th>
            <Th>Meaning</Th>
          </tr>
        </thead>
        <tbody>
          {problems.map(({ name, status, title, meaning }) => (
            <tr key={name} id={problemAnchor(name)} className="scroll-mt-28 target:bg-accent-soft">
              <Td numeric label="Status" className="align-top">
                <span className="font-mono">{status}</span>
              </Td>
              <Td className="align-top whitespace-nowrap">
                <a href={`#${problemAnchor(name)}`} className="link">
                  <code className="font-mono">{name}</code>
                </a>
              </Td>
              <Td className="align-top">
                <p>
                  <span className="font-medium">{title}.</span>{" "}
                  <span className="text-muted">
                    <Prose text={meaning} />
                  </span>
                </p>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
