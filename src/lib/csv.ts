export type CsvValue = string | number | boolean | undefined;

/**
 * One CSV cell (RFC 4180). A cell that a spreadsheet would run as a formula gets a leading apostrophe: attackers choose
 * names of apps; full-width signs count in East Asian locales. https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(value: CsvValue): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^(\s*[=+\-@|%＝＋－＠]|[\t\r\n])/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export type CsvRow = readonly CsvValue[];

export const toCsv = (header: readonly string[], rows: readonly CsvRow[]): string =>
  `${[header, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;
