import { FieldError } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { type ColumnMapping, fieldLabels, type FieldName, fieldNames } from "../reader/fields";
import type { FileInfo } from "../reader/messages";

type ColumnFieldsProps = {
  fileInfo: FileInfo;
  columns: ColumnMapping;
  onChange: (columns: ColumnMapping) => void;
  isUsable: (field: FieldName) => boolean;
  error?: string | undefined;
};

/** What each column of the file is. A field is one column at most: choosing it again moves it. */
export function ColumnFields({ fileInfo, columns, onChange, isUsable, error }: ColumnFieldsProps) {
  const fieldOf = (index: number) =>
    fieldNames.find((field) => columns[field] === index && isUsable(field)) ?? "";

  function assignField(column: number, field: string) {
    const otherColumns = Object.entries(columns).filter(
      ([name, columnIndex]) => columnIndex !== column && name !== field,
    );
    onChange(Object.fromEntries(field ? [...otherColumns, [field, column]] : otherColumns));
  }

  return (
    <fieldset aria-describedby={error ? "columns-error" : undefined}>
      <legend id="columns" tabIndex={-1} className="text-lg font-semibold">
        What each column is
      </legend>
      <p className="mt-0.5 mb-3 text-sm text-muted">
        Remembered for files with the same headings. Columns that are not used are not sent.
      </p>
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
              <Th>First cells</Th>
              <Th>Taken for</Th>
            </tr>
          </thead>
          <tbody>
            {fileInfo.headings.map((heading, index) => (
              <tr key={heading}>
                <Td label="Heading" className="font-medium">
                  {heading}
                </Td>
                <Td label="First cells" className="max-w-64 text-sm text-muted">
                  <span className="block truncate">
                    {fileInfo.samples[index]?.filter(Boolean).join(" · ") || "Empty"}
                  </span>
                </Td>
                <Td label="Taken for">
                  <Select
                    aria-label={`${heading} is taken for`}
                    value={fieldOf(index)}
                    onChange={(event) => assignField(index, event.target.value)}
                    className="min-w-44"
                  >
                    <option value="">Not used</option>
                    {fieldNames.filter(isUsable).map((field) => (
                      <option key={field} value={field}>
                        {fieldLabels[field]}
                      </option>
                    ))}
                  </Select>
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </TableFrame>
    </fieldset>
  );
}
