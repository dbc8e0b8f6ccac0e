import { reveal, revealed } from '#lib/reveal.ts';

/**
 * Words that others wrote, attackers among them: names of apps, user agents, queries, raw lines. React escapes the
 * markup; this shows what the eye would not see and keeps the reading direction inside.
 */
export function Text({ words, keepLines = false }: { readonly words: string; readonly keepLines?: boolean }) {
  return (
    <bdi>
      {reveal(words, keepLines).map((piece, index) =>
        piece.isEscape ? (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other identity
            key={index}
            className="mx-px rounded-sm border border-amber px-0.5 font-mono text-[0.8em] text-amber"
            title="A character that cannot be seen"
          >
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  );
}

/** Words in which commands stand between backticks. */
export function WithCommands({ words }: { readonly words: string }) {
  return (
    <span>
      {words.split('`').map((piece, index) =>
        index % 2 === 0 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other identity
          <Text key={index} words={piece} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other identity
          <code key={index} className="text-sm">
            <Text words={piece} />
          </code>
        ),
      )}
    </span>
  );
}

/** One line of others' words, cut at the edge; the whole is in the title. */
export function Line({ words, mono = false }: { readonly words: string; readonly mono?: boolean }) {
  return (
    <span className={`block truncate ${mono ? 'font-mono text-xs leading-5' : ''}`} title={revealed(words)}>
      <Text words={words} />
    </span>
  );
}
