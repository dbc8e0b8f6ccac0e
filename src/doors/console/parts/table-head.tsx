import type { ReactNode } from 'react';

export interface HeadColumn {
  readonly name: ReactNode;
  /** Width, side and padding. */
  readonly look: string;
}

/** The head of a table of rows that open; on a narrow screen, where rows are blocks, it is only read aloud. */
export const TableHead = ({ columns }: { readonly columns: readonly HeadColumn[] }) => (
  <thead className="border-b border-line-2 text-sm text-ink-2 max-md:sr-only">
    <tr>
      {columns.map(({ name, look }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a table's columns keep their places
        <th key={index} scope="col" className={`py-2 ${look}`}>
          {name}
        </th>
      ))}
    </tr>
  </thead>
);
