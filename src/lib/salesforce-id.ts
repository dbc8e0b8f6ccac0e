const checkCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The 18-character form of a Salesforce id: 15 characters that differ by case get three more that say which of them are
 * capitals, five bits each, first character lowest. Anything that is not 15 letters and digits comes back as it is.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm
 */
export function toLongId(id: string): string {
  if (id.length !== 15) return id;
  let suffix = '';
  for (let block = 0; block < 15; block += 5) {
    let bits = 0;
    for (let index = 0; index < 5; index++) {
      const code = id.charCodeAt(block + index);
      if (code >= 65 && code <= 90) bits |= 1 << index;
      else if (!((code >= 97 && code <= 122) || (code >= 48 && code <= 57))) return id;
    }
    suffix += checkCharacters[bits];
  }
  return id + suffix;
}

/** Whether the text could be a Salesforce id: 15 or 18 letters and digits, the first of them a digit, or `a` for custom objects. */
export const isSalesforceId = (text: string): boolean => /^[0-9a][0-9A-Za-z]{14}(?:[A-Z0-5]{3})?$/.test(text);
