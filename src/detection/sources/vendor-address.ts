import { z } from 'zod';

const ownHosts: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Plain HTTP would show tokens to everybody on the way: it is spoken on this machine only. */
function isSafe(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  return username === '' && password === '' && (protocol === 'https:' || ownHosts.has(hostname));
}

/** Where a vendor's API answers: `https://host`, without anything behind; HTTP only to this machine. */
export const vendorAddress = z
  .url({ protocol: /^https?$/ })
  .refine(isSafe, 'an address that begins with https:// and names nobody')
  .transform((url) => new URL(url).origin);
