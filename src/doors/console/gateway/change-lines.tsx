import { Text } from '../parts/text.tsx';

/** What a change of policy means, one line each: `allows …` and `no longer allows …`, told apart by mark and word. */
export function ChangeLines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul className="my-1 text-sm">
      {lines.map((line) => {
        const isLess = line.startsWith('no longer');
        return (
          <li key={line} className={`flex gap-2 break-words ${isLess ? 'text-ink-2' : ''}`}>
            <span aria-hidden="true" className="w-3 shrink-0 text-center font-mono">
              {isLess ? '−' : '+'}
            </span>
            <span className="min-w-0">
              <Text words={line} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
