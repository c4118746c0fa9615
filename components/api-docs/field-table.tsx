import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import type { ApiField } from "@/server/schemas/api-docs";
import { Prose } from "./prose";

type FieldTableProps = {
  label: string;
  fields: readonly (ApiField & { in?: string })[];
  /** Hides "required" and "optional", which are about requests. */
  isResponse?: boolean;
};

/** The fields of a request or a response. */
export function FieldTable({ label, fields, isResponse = false }: FieldTableProps) {
  return (
    <TableFrame label={label} density="compact">
      <Table cardsOnPhones className="text-sm!">
        <thead>
          <tr>
            <Th>Field</Th>
            <Th>Type</Th>
            <Th>Description</Th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.name}>
              <Td className="align-top sm:min-w-44">
                <code className="font-mono font-medium wrap-anywhere">{field.name}</code>
                {isResponse ? null : (
                  <span className="block text-muted">
                    {field.isRequired ? "required" : "optional"}
                    {field.in ? `, ${field.in}` : ""}
                  </span>
                )}
              </Td>
              <Td label="Type" className="align-top sm:w-56">
                {field.type}
              </Td>
              <Td label="Description" className="align-top text-muted">
                {field.description ? <Prose text={field.description} /> : null}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}
