import { strToU8, zipSync } from "fflate";

/** Files with the faults that real exports have; one row in fifty is invalid. */
export const rowCount = 50_000;

const headings = [
  "Reference",
  "NHS number",
  "Date of birth",
  "First name",
  "Last name",
  "Postcode",
  "Expires",
  "Note",
];

/** Digits with their check digit; numbers from 999 are never issued. */
function buildNhsNumber(index: number): string | null {
  const digits = `999${String(index).padStart(6, "0")}`;
  let sum = 0;
  for (let position = 0; position < 9; position += 1) {
    sum += Number(digits[position]) * (10 - position);
  }
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? null : digits + String(check);
}

function listNhsNumbers(count: number): string[] {
  const numbers: string[] = [];
  for (let index = 0; numbers.length < count; index += 1) {
    const nhsNumber = buildNhsNumber(index);
    if (nhsNumber) numbers.push(nhsNumber);
  }
  return numbers;
}

/** As spreadsheets, word processors and databases write a number. */
const numberForms: ((nhsNumber: string) => string)[] = [
  (nhsNumber) => nhsNumber,
  (nhsNumber) => `'${nhsNumber}`,
  (nhsNumber) => `"=""${nhsNumber}"""`,
  (nhsNumber) => nhsNumber.replace(/^(...)(...)/, "$1\u2011$2\u2011"),
  (nhsNumber) => `\u00a0${nhsNumber}.0`,
];

/** With a title, empty columns at the end, rows that end early, text marks and midnights. */
export function buildCsv(count = rowCount): string {
  const lines = listNhsNumbers(count).map((nhsNumber, index) => {
    const number = numberForms[index % numberForms.length]?.(nhsNumber) ?? nhsNumber;
    const date = `${1 + (index % 28)}/${1 + (index % 12)}/${1930 + (index % 80)}`;
    const dateOfBirth = index % 50 === 0 ? "31/2/80" : index % 3 === 0 ? `${date} 00:00` : date;
    const end = [`,"Said ""yes"",\nflat ${index}, Town",,`, ",", ""][index % 3] ?? "";
    return `REF-${index},${number},${dateOfBirth},Ann,"O'Sample, ${index}",KT2 6QW,${end}`;
  });
  return ["Flu recall list,,,,,,,,,", `${headings.join(",")},,`, ...lines, ""].join("\r\n");
}

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const documentRelations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packageRelations = "http://schemas.openxmlformats.org/package/2006/relationships";

/** With a title, dates as a spreadsheet stores them, and the errors of formulas. */
export function buildWorkbook(): Uint8Array {
  const textCell = (address: string, text: string) =>
    `<c r="${address}" t="inlineStr"><is><t>${text}</t></is></c>`;
  const column = (index: number) => String.fromCharCode(65 + index);
  const headingCells = headings.map((heading, index) => textCell(`${column(index)}2`, heading));
  const rows = listNhsNumbers(rowCount).map((nhsNumber, index) => {
    const row = index + 3;
    const reference = index % 50 === 0 ? "#N/A" : `REF-${row}`;
    return [
      `<row r="${row}"><c r="A${row}" t="${index % 50 === 0 ? "e" : "str"}"><f>X${row}</f><v>${reference}</v></c>`,
      index % 2 === 0
        ? `<c r="B${row}"><v>${nhsNumber}</v></c>`
        : textCell(`B${row}`, `'${nhsNumber}`),
      `<c r="C${row}" s="1"><v>${12_000 + (index % 20_000)}</v></c>`,
      textCell(`D${row}`, "Ann"),
      textCell(`E${row}`, "O'Sample"),
      textCell(`F${row}`, "KT2 6QW"),
      `${textCell(`H${row}`, `Note ${row}`)}</row>`,
    ].join("");
  });
  const parts: Record<string, string> = {
    "_rels/.rels": `<Relationships xmlns="${packageRelations}"><Relationship Id="r" Type="${documentRelations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${documentRelations}"><sheets><sheet name="Patients" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${packageRelations}"><Relationship Id="r1" Type="${documentRelations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="${documentRelations}/styles" Target="styles.xml"/></Relationships>`,
    "xl/styles.xml": `<styleSheet xmlns="${main}"><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${main}"><sheetData><row r="1">${textCell("A1", "Flu recall list")}</row><row r="2">${headingCells.join("")}</row>${rows.join("")}</sheetData></worksheet>`,
  };
  return zipSync(
    Object.fromEntries(Object.entries(parts).map(([name, xml]) => [name, strToU8(xml)])),
  );
}
