/** A string or one of the marks that JSON is built of; between them stand spaces, numbers and words. */
const part = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * Whether an object in this JSON text has a member twice, names compared without case: readers differ on which of the
 * two counts, and `JSON.parse` shows only the last. Takes a valid text whose names hold no escapes, as the scanner
 * lets pass. RFC 8259 section 4.
 */
export function repeatsMember(json: string): boolean {
  const around: Set<string>[] = [];
  let last = '';
  for (const [text] of json.matchAll(part)) {
    if (text === '{') around.push(new Set());
    else if (text === '}') around.pop();
    else if (text === ':') {
      const names = around.at(-1);
      const name = last.toLowerCase();
      if (names?.has(name)) return true;
      names?.add(name);
    }
    last = text;
  }
  return false;
}
