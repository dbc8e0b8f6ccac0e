import { revealed } from './reveal.ts';

/** Markup that is safe to send: made only by `html`. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

type Part = string | number | Html | readonly Html[] | undefined;

/**
 * A template whose words are text, whoever wrote them: `html`<p>${name}</p>`` escapes `name` and shows unseen
 * characters; only another `Html` (or a list of them) goes in as markup. For element content and quoted attributes, not
 * for scripts, styles or addresses. https://cheatsheetseries.owasp.org/cheatsheets/Cross_Site_Scripting_Prevention_Cheat_Sheet.html
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, at) => text + (at < parts.length ? markupOf(parts[at]) : '')).join(''));
}

function markupOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'object') return part.map(({ markup }) => markup).join('');
  return revealed(String(part)).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
