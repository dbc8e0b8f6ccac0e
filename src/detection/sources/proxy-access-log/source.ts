import type { Source } from '#model/source.ts';
import { readExtended } from './read-extended.ts';
import { readSquid } from './read-squid.ts';

/** Access logs of forward proxies: W3C extended, as Blue Coat's (Symantec ProxySG) write it, and Squid's native form. */
export const source: Source = {
  name: 'proxy-access-log',
  title: 'Proxy access log (W3C extended, Squid)',
  lag: 'seconds; a tunnel when it ends',
  longestLagMs: 15 * 60_000,
  readLines: (directives) => readExtended(directives) ?? readSquid(directives),
};
