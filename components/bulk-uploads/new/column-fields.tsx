import { FieldError } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { type ColumnMapping, fieldLabels, type FieldName, fieldNames } from "../reader/fields";
import type { FileInfo } from "../reader/messages";

type ColumnFieldsProps = {
  /** What becomes of the selection. */
  description: string;
  fileInfo: FileInfo;
  columns: ColumnMapping;
  undecidedColumns: readonly string[];
  onChange: (columns: ColumnMapping, undecidedColumns: readonly string[]) => void;
  isUsable: (field: FieldName) => boolean;
  error?: string | undefined;
};

/** The value of a column that the person has yet to decide on. */
const undecided = "undecided";

/** Each field has one column at most: selecting it for another column moves it. */
export function ColumnFields(props: ColumnFieldsProps) {
  const { description, fileInfo, columns, undecidedColumns, onChange, isUsable, error } = props;
  const fieldOf = (index: number) =>
    fieldNames.find((field) => columns[field] === index && isUsable(field)) ?? "";

  function assignField(column: number, field: string) {
    const otherColumns = Object.entries(columns).filter(
      ([name, columnIndex]) => columnIndex !== column && name !== field,
    );
    onChange(
      Object.fromEntries(field ? [...otherColumns, [field, column]] : otherColumns),
      undecidedColumns.filter((heading) => heading !== fileInfo.headings[column]),
    );
  }

  return (
    <fieldset className="min-w-0" aria-describedby={error ? "columns-error" : undefined}>
      <legend id="columns" tabIndex={-1} className="text-lg font-semibold">
        Columns
      </legend>
      <p className="mt-0.5 mb-3 text-sm text-muted">{description}</p>
      {error ? (
        <FieldError id="columns-error" className="mb-3">
          {error}
        </FieldError>
      ) : null}
      <TableFrame label="Columns of the file" density="compact">
        <Table cardsOnPhones>
          <thead>
            <tr>
              <Th>Heading</Th>
              <Th>Sample</Th>
              <Th>Use as</Th>
            </tr>
          </thead>
          <tbody>
            {fileInfo.headings.map((heading, index) =>
              heading === "" ? null : (
                <tr key={heading}>
                  <Td label="Heading" className="font-medium">
                    {heading}
                  </Td>
                  <Td label="Sample" className="max-w-64 text-sm text-muted">
                    <span className="block truncate">
                      {fileInfo.samples[index]?.filter(Boolean).join(" · ") || "Empty"}
                    </span>
                  </Td>
                  <Td label="Use as">
                    <Select
                      aria-label={`Use ${heading} as`}
                      value={undecidedColumns.includes(heading) ? undecided : fieldOf(index)}
                      onChange={(event) => assignField(index, event.target.value)}
                      className="sm:min-w-44"
                    >
                      {undecidedColumns.includes(heading) ? (
                        <option value={undecided} disabled>
                          Select…
                        </option>
                      ) : null}
                      <option value="">Not used</option>
                      {fieldNames.filter(isUsable).map((field) => (
                        <option key={field} value={field}>
                          {fieldLabels[field]}
                        </option>
                      ))}
                    </Select>
                  </Td>
                </tr>
              ),
            )}
          </tbody>
        </Table>
      </TableFrame>
    </fieldset>
  );
}
