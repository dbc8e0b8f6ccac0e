import type { Level } from '#model/finding.ts';

/** What the terminal at the other end can show. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly faint: (text: string) => string;
  /** The cordon's own red: what needs a person now. */
  readonly urgent: (text: string) => string;
  readonly waiting: (text: string) => string;
  readonly good: (text: string) => string;
  readonly level: (level: Level) => string;
  /** Columns to fill. */
  readonly width: number;
}

const plain = (text: string): string => text;
const sgr = (codes: string) => (text: string) => `\u001b[${codes}m${text}\u001b[0m`;

/** Colours only on a terminal, and never under NO_COLOR (https://no-color.org) or TERM=dumb; FORCE_COLOR wins. */
export function styleFor(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const forced = environment['FORCE_COLOR'] !== undefined && environment['FORCE_COLOR'] !== '0';
  const coloured = forced || (stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb');
  const paint = (codes: string) => (coloured ? sgr(codes) : plain);
  const urgent = paint('1;38;5;202');
  const waiting = paint('33');
  const byLevel: Record<Level, (text: string) => string> = {
    critical: urgent,
    high: urgent,
    medium: waiting,
    low: plain,
    informational: paint('2'),
  };
  return {
    bold: paint('1'),
    faint: paint('2'),
    urgent,
    waiting,
    good: paint('32'),
    level: (level) => byLevel[level](level.toUpperCase()),
    width: Math.max(60, Math.min(stream.columns ?? 100, 110)),
  };
}

/** Breaks `text` into lines of at most `width` columns, each after `indent` spaces; words longer than a line stay whole. */
export function wrap(text: string, width: number, indent = 0): string {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width - indent) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => ' '.repeat(indent) + line).join('\n');
}
