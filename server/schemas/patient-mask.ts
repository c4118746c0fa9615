/** Masks a patient's details until someone chooses to see them. */

const dots = (length: number) => "•".repeat(length);

/** "Mrs Margaret Ellison" as "M•• M•••••• E••••••": the first letters only. */
export function maskName(name: string): string {
  return name
    .split(" ")
    .map((word) => {
      const [first = "", ...rest] = word;
      return first + dots(rest.length);
    })
    .join(" ");
}

/** The last four digits only, 3-3-4. */
export function maskNhsNumber(digits: string): string {
  return `${dots(3)} ${dots(3)} ${digits.slice(-4)}`;
}

/** The first half only: "WB1 •••". */
export function maskPostcode(postcode: string): string {
  return `${postcode.split(" ")[0] ?? ""} ${dots(3)}`;
}

/** The year only. */
export function maskBirthDate(date: string): string {
  return `${dots(2)} ${dots(3)} ${date.slice(0, 4)}`;
}

/** `+447700900123` as "07••• ••• 123"; of any other number the last three digits only. */
export function maskMobile(number: string): string {
  const digits = number.replace(/\D/g, "");
  const lastDigits = digits.length > 6 ? digits.slice(-3) : dots(3);
  return `${number.startsWith("+447") ? `07${dots(3)}` : dots(3)} ${dots(3)} ${lastDigits}`;
}

/** "zofia@example.org" as "z•••@e•••.org". */
export function maskEmail(address: string): string {
  const [, first = "", domainFirst = "", last = ""] =
    /^(.).*@(.).*(\.[^.@]+)$/u.exec(address) ?? [];
  return `${first}${dots(3)}@${domainFirst}${dots(3)}${last}`;
}
