/** The part of Markdown that runbooks use. What is not in it stays as it was typed; no HTML is ever made of it. */
export type Block =
  | { readonly kind: 'heading' | 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Span[])[] }
  | { readonly kind: 'code'; readonly text: string };

export interface Span {
  readonly kind: 'text' | 'code' | 'strong';
  readonly text: string;
}

const item = /^\s*(?:[-*]|(\d+)[.)])\s+(.*)$/;
const heading = /^#{1,6}\s+(.*)$/;

/** Headings, paragraphs, flat lists, fenced code; inside them `code` and **strong**. */
export function readMarkdown(text: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (line.trim() === '') at++;
    else if (line.startsWith('```')) {
      const end = lines.findIndex((each, index) => index > at && each.startsWith('```'));
      const stop = end < 0 ? lines.length : end;
      blocks.push({ kind: 'code', text: lines.slice(at + 1, stop).join('\n') });
      at = stop + 1;
    } else if (heading.test(line)) {
      blocks.push({ kind: 'heading', spans: readSpans(heading.exec(line)?.[1] ?? '') });
      at++;
    } else if (item.test(line)) {
      const { items, next } = readItems(lines, at);
      blocks.push({ kind: 'list', ordered: item.exec(line)?.[1] !== undefined, items: items.map(readSpans) });
      at = next;
    } else {
      const next = endOfParagraph(lines, at);
      blocks.push({
        kind: 'paragraph',
        spans: readSpans(
          lines
            .slice(at, next)
            .map((each) => each.trim())
            .join(' '),
        ),
      });
      at = next;
    }
  }
  return blocks;
}

/** Items run until an empty line or another block; a line without a mark continues the item before it. */
function readItems(
  lines: readonly string[],
  from: number,
): { readonly items: readonly string[]; readonly next: number } {
  const items: string[] = [];
  let at = from;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || heading.test(line) || line.startsWith('```')) break;
    const match = item.exec(line);
    if (match !== null) items.push(match[2] ?? '');
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  return { items, next: at };
}

function endOfParagraph(lines: readonly string[], from: number): number {
  const next = lines.findIndex(
    (line, index) =>
      index > from && (line.trim() === '' || heading.test(line) || item.test(line) || line.startsWith('```')),
  );
  return next < 0 ? lines.length : next;
}

function readSpans(text: string): readonly Span[] {
  return text
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter((part) => part !== '')
    .map((part): Span => {
      if (/^`.+`$/.test(part)) return { kind: 'code', text: part.slice(1, -1) };
      if (/^\*\*.+\*\*$/.test(part)) return { kind: 'strong', text: part.slice(2, -2) };
      return { kind: 'text', text: part };
    });
}
