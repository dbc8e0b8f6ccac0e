import type { AddressSet } from './address-set.ts';

/**
 * Adds a list of addresses as Tor's exit list and the lists of VPN providers come: one address or network a line, or
 * `ExitAddress <address> <date> <time>` among other lines of the Tor directory's exit-addresses; `#` and `;` begin
 * comments, commas and blanks end the address. `what` is said of each, e.g. `tor`. Returns the numbers, from 1 on, of
 * lines that are none of it.
 */
export function readAddressList(text: string, what: string, into: AddressSet<string>): readonly number[] {
  const unread: number[] = [];
  const isDirectory = /^ExitAddress /m.test(text);
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const written = line.replace(/[#;].*$/, '').trim();
    if (written === '' || (isDirectory && !written.startsWith('ExitAddress '))) continue;
    const [address = ''] = written.replace(/^ExitAddress /, '').split(/[\s,]+/);
    if (!into.add(address.replaceAll('"', ''), what)) unread.push(index + 1);
  }
  return unread;
}
