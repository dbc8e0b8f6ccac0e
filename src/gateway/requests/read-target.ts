import type { Refusal } from '../call.ts';
import { refuseRequest, refuseSize } from './refuse.ts';

/** Characters of path and query together: the CRM's own bound for a URI. Salesforce Developer Limits, "URI length". */
const maximumLength = 16_384;

/** Path segments as the CRM names its resources; nothing of it ever needs an escape. */
const path = /^(?:\/[A-Za-z0-9_.-]+)*\/?$/;

export interface Target {
  /** One leading slash, none at the end. */
  readonly path: string;
  readonly segments: readonly string[];
  /** Decoded; no name twice. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Takes a raw request target apart in the one way the gateway and the CRM can both mean: leading slashes count as one
 * (the vendor's own CLI sends two), everything else that servers read in different ways is refused.
 */
export function readTarget(raw: string): Target | Refusal {
  if (raw.length > maximumLength)
    return refuseSize('oversize-target', `the address has ${raw.length} characters, at most ${maximumLength} pass`);
  const collapsed = raw.replace(/^\/{2,}/, '/');
  const mark = collapsed.indexOf('?');
  const before = mark < 0 ? collapsed : collapsed.slice(0, mark);
  const isPlain = path.test(before) && before.startsWith('/') && !/\/\.{1,2}(?:\/|$)/.test(before);
  if (!isPlain)
    return refuseRequest(
      'path-trick',
      'the path may hold letters, digits, ".", "_" and "-" between single slashes, no escapes and no dot segments',
    );
  const parameters = mark < 0 ? new Map<string, string>() : readParameters(collapsed.slice(mark + 1));
  if (!(parameters instanceof Map)) return parameters;
  const trimmed = before.length > 1 && before.endsWith('/') ? before.slice(0, -1) : before;
  return { path: trimmed, segments: trimmed.slice(1).split('/'), parameters };
}

function readParameters(query: string): Map<string, string> | Refusal {
  const parameters = new Map<string, string>();
  if (query === '') return parameters;
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? '' : pair.slice(0, equals);
    const value = decodeParameter(pair.slice(equals + 1));
    if (!/^[A-Za-z0-9_.-]+$/.test(name) || value === undefined)
      return refuseRequest(
        'malformed-parameter',
        'the query part is not a list of NAME=VALUE in percent-encoded UTF-8',
      );
    if (name.toLowerCase() === '_httpmethod')
      return refuseRequest('method-override', 'a call says its method in the request line alone');
    if (parameters.has(name)) return refuseRequest('duplicate-parameter', `the parameter ${name} stands there twice`);
    parameters.set(name, value);
  }
  return parameters;
}

/** Undefined for broken escapes, raw characters outside of ASCII, and control characters other than white space. */
function decodeParameter(raw: string): string | undefined {
  if (!/^[!-~]*$/.test(raw) || raw.includes('#')) return undefined;
  let value: string;
  try {
    value = decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value) ? undefined : value;
}

/** The query part of a target, `?` included; empty without parameters. */
export function printParameters(parameters: Iterable<readonly [string, string]>): string {
  const pairs = [...parameters].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
