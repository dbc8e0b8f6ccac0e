import { Modal } from '../parts/modal.tsx';
import { goKeys } from './keyboard.ts';

const keys: readonly (readonly [string, string])[] = [
  ['j  k', 'next, previous row (also in the side panel)'],
  ['↓  ↑', 'the same while a row has the focus'],
  ['Enter', 'open the row'],
  ['/', 'search on this page'],
  ['Ctrl K  or  ⌘K', 'search everything'],
  ['Esc', 'close the panel or dialog'],
  ...Object.entries(goKeys).map(([key, { name }]) => [`g  ${key}`, `go to ${name}`] as const),
  ['?', 'this sheet'],
];

export function HelpSheet({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Modal title="Keys" open={open} onClose={onClose}>
      <dl className="grid grid-cols-[max-content_1fr]">
        {keys.map(([key, words]) => (
          <div key={key} className="contents">
            <dt className="border-b border-line py-1.5 pr-6 font-mono text-sm">{key}</dt>
            <dd className="border-b border-line py-1.5 text-ink-2">{words}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
