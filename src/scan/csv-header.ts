/** The first record of a CSV: its cells without quotes, and how many bytes it takes without its line end. */
export interface CsvHeader {
  readonly names: readonly string[];
  readonly bytes: number;
}

/** Reads the header at the start; undefined while its line end is not there. Names of fields are ASCII. */
export function readHeader(text: Uint8Array, delimiter: string): CsvHeader | undefined {
  const length = lineLength(text);
  if (length === undefined) return undefined;
  const names: string[] = [];
  let name = '';
  let isQuoted = false;
  for (const character of Buffer.from(text.buffer, text.byteOffset, length).toString('latin1')) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) {
      names.push(name);
      name = '';
    } else name += character;
  }
  return { names: [...names, name], bytes: length };
}

function lineLength(text: Uint8Array): number | undefined {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === 0x22) isQuoted = !isQuoted;
    else if (text[at] === 0x0a && !isQuoted) return text[at - 1] === 0x0d ? at - 1 : at;
  }
  return undefined;
}
