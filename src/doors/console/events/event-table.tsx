// biome-ignore-all lint/a11y/useSemanticElements: rows outside the view are not in the page, so a grid lays out the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: headers of a table without sorting have nothing to focus for
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { inWords } from '#lib/words.ts';
import type { EventRow } from '#model/wire.ts';
import { type EventSearch, links } from '../links.ts';
import { useClock } from '../parts/clock.tsx';
import { Jump } from '../parts/jump.tsx';
import { Trouble } from '../parts/states.tsx';
import { Line } from '../parts/text.tsx';
import { Stamp } from '../parts/time.tsx';
import { zoneName } from '../parts/times.ts';

interface EventTableProps {
  readonly rows: readonly EventRow[];
  readonly search: EventSearch;
  readonly query: Pick<
    UseInfiniteQueryResult,
    'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage' | 'error' | 'isFetchNextPageError'
  >;
}

const columns =
  'md:grid md:grid-cols-[116px_104px_minmax(112px,1fr)_minmax(104px,1fr)_124px_minmax(160px,2fr)_72px] md:items-center md:gap-x-3';

/** Fetch the next page when this few rows are left below. */
const runway = 60;

/** A table of any length: only what is near the eye is in the page. */
export function EventTable({ rows, search, query }: EventTableProps) {
  const { zone, house } = useClock();
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const isNarrow = useNarrow();
  // The filters above open and close: where the list begins is asked after every render.
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0));
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (isNarrow ? 76 : 36),
    overscan: 24,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.key ?? index,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows change height with the width of the window
  useEffect(() => virtual.measure(), [isNarrow, virtual]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && last > rows.length - runway)
      void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, last, rows.length]);
  return (
    <div className="-mx-3" role="table" aria-label="Events" aria-rowcount={hasNextPage ? -1 : rows.length + 1}>
      <div
        role="rowgroup"
        className="sticky top-0 z-20 border-b border-line-2 bg-paper px-3 text-sm text-ink-2 max-md:sr-only"
      >
        <div role="row" aria-rowindex={1} className={`${columns} py-2`}>
          <span role="columnheader">Time ({zoneName(zone, house)})</span>
          <span role="columnheader">Activity</span>
          <span role="columnheader">Person</span>
          <span role="columnheader">App</span>
          <span role="columnheader">Address</span>
          <span role="columnheader">What</span>
          <span role="columnheader" className="text-right">
            Rows
          </span>
        </div>
      </div>
      <div ref={list} role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <div
              key={item.key}
              role="row"
              aria-rowindex={item.index + 2}
              className={`row absolute inset-x-0 top-0 border-b border-line px-3 max-md:py-1.5 ${columns}`}
              style={{ height: item.size, position: 'absolute', transform: `translateY(${item.start - top}px)` }}
            >
              <Cells row={row} search={search} />
            </div>
          );
        })}
      </div>
      {query.isFetchNextPageError && <Trouble error={query.error} retry={() => void fetchNextPage()} />}
      {isFetchingNextPage && <p className="px-3 py-3 text-sm text-ink-2">Fetching older events…</p>}
    </div>
  );
}

function Cells({ row, search }: { readonly row: EventRow; readonly search: EventSearch }) {
  return (
    <>
      <span role="cell" className="text-ink-2 max-md:float-right max-md:text-sm">
        <Stamp at={row.time} />
      </span>
      <span role="cell" className="max-md:block">
        <Jump
          to={links.events({ ...search, look: row.key })}
          keepScroll
          data-row
          aria-current={search.look === row.key ? 'true' : undefined}
          className="row-link font-medium whitespace-nowrap"
        >
          {row.activity}
        </Jump>
      </span>
      <span role="cell" className="min-w-0 max-md:block max-md:text-sm">
        <Line words={row.user ?? row.userUid ?? ''} />
      </span>
      <span role="cell" className="min-w-0 max-md:hidden">
        <Line words={row.app ?? ''} />
      </span>
      <span role="cell" className="min-w-0 max-md:hidden">
        <Line words={row.address ?? ''} mono />
      </span>
      <span role="cell" className="min-w-0 text-ink-2 max-md:block max-md:text-sm">
        <Line words={row.query ?? row.objects.join(', ')} mono={row.query !== undefined} />
      </span>
      <span role="cell" className="text-right max-md:hidden">
        {row.rows === undefined ? '' : inWords(row.rows)}
      </span>
    </>
  );
}

function useNarrow(): boolean {
  const [query] = useState(() => matchMedia('(max-width: 767px)'));
  const [isNarrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const changed = () => setNarrow(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [query]);
  return isNarrow;
}
