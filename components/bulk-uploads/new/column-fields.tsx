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

/** Each field has one column at most: selecting it for another column moves it. */
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
    <fieldset className="min-w-0" aria-describedby={error ? "columns-error" : undefined}>
      <legend id="columns" tabIndex={-1} className="text-lg font-semibold">
        Columns
      </legend>
      <p className="mt-0.5 mb-3 text-sm text-muted">
        Your selection is saved for files with the same headings. Columns that are not used are not
        uploaded.
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
              <Th>Sample</Th>
              <Th>Use as</Th>
            </tr>
          </thead>
          <tbody>
            {fileInfo.headings.map((heading, index) => (
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
                    value={fieldOf(index)}
                    onChange={(event) => assignField(index, event.target.value)}
                    className="sm:min-w-44"
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
