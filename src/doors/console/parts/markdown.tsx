import { type Block, readMarkdown, type Span } from './read-markdown.ts';
import { Text } from './text.tsx';

export function Markdown({ text }: { readonly text: string }) {
  return (
    <div className="max-w-[72ch] space-y-3">
      {readMarkdown(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks of one text have no other identity
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'heading':
      return (
        <h3 className="pt-2 font-semibold">
          <Spans of={block.spans} />
        </h3>
      );
    case 'paragraph':
      return (
        <p>
          <Spans of={block.spans} />
        </p>
      );
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre tabIndex={0} className="overflow-x-auto rounded-sm bg-wash p-3 text-xs leading-5">
          <Text words={block.text} keepLines />
        </pre>
      );
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul';
      return (
        <List className={`space-y-1 pl-6 ${block.ordered ? 'list-decimal' : 'list-disc'}`}>
          {block.items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: items of one text have no other identity
            <li key={index}>
              <Spans of={item} />
            </li>
          ))}
        </List>
      );
    }
  }
}

const spanLook = { text: 'span', code: 'code', strong: 'strong' } as const satisfies Record<Span['kind'], string>;

function Spans({ of }: { readonly of: readonly Span[] }) {
  return of.map((span, index) => {
    const Look = spanLook[span.kind];
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: spans of one text have no other identity
      <Look key={index} className="break-words">
        <Text words={span.text} />
      </Look>
    );
  });
}
