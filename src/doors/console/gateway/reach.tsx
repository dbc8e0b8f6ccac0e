import { type ReactNode, useId } from 'react';
import { counted, inWords } from '#lib/words.ts';
import type { ReachView } from '#model/gateway-wire.ts';
import { Text } from '../parts/text.tsx';
import { readSide } from './reach-areas.ts';

/** px of one picture's side. */
const side = 168;

/**
 * *The reach*: what one token could take, as nested squares by area: what it has actually read, inside what its budget
 * still allows besides. How many customers the CRM holds the gateway does not know, and does not ask. Fields that say who somebody is or what they spend stand apart.
 */
export function Reach({ view }: { readonly view: ReachView }) {
  if (view.objects.length === 0) return <p className="text-ink-2">Its policy lets it read no object.</p>;
  return (
    <ul className="space-y-8">
      {view.objects.map((each) => (
        <li key={each.object} className="flex flex-wrap gap-x-8 gap-y-4">
          <Squares {...each} />
          <div className="min-w-64 flex-1">
            <h3 className="text-lg font-semibold">
              <Text words={each.object} />
            </h3>
            <Key {...each} />
            <Fields {...each} />
          </div>
        </li>
      ))}
    </ul>
  );
}

type Area = ReachView['objects'][number];

/** A hatched square of its own ink: what could still be taken. */
function Hatched(props: { readonly side: number; readonly isAlarmed: boolean }) {
  const id = useId();
  return (
    <g className={props.isAlarmed ? 'text-alarm' : 'text-ink'}>
      <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line y2="5" stroke="currentColor" strokeWidth="2" strokeOpacity={props.isAlarmed ? 0.8 : 0.4} />
      </pattern>
      <rect width={props.side} height={props.side} fill={`url(#${id})`} />
    </g>
  );
}

function Squares(area: Area) {
  const has = readSide(area, side);
  const isOpen = area.left === undefined || area.read + area.left > 0;
  return (
    <svg width={side} height={side} className="shrink-0 text-ink" aria-hidden="true">
      <rect x="0.5" y="0.5" width={side - 1} height={side - 1} fill="none" stroke="currentColor" strokeOpacity="0.35" />
      {isOpen && <Hatched side={side} isAlarmed={area.left === undefined} />}
      <rect y={side - has} width={has} height={has} className="fill-paper" />
      <rect y={side - has} width={has} height={has} fill="currentColor" fillOpacity="0.82" />
    </svg>
  );
}

function Key({ read, left }: Area) {
  return (
    <ul className="mt-1">
      <KeyLine mark={<rect width="10" height="10" fill="currentColor" fillOpacity="0.82" />}>
        <strong className="font-semibold">{counted(read, 'customer')}</strong> read in the last 30 days
      </KeyLine>
      <KeyLine
        mark={<Hatched side={10} isAlarmed={left === undefined} />}
        {...(left === undefined && { ink: 'text-alarm' })}
      >
        {left === undefined ? (
          'No budget: it could read all it can see'
        ) : (
          <>
            <strong className="font-semibold">{inWords(left)}</strong> more could leave now, before its budget stops it
          </>
        )}
      </KeyLine>
    </ul>
  );
}

function KeyLine(props: { readonly mark: ReactNode; readonly ink?: string; readonly children: ReactNode }) {
  return (
    <li className={`flex items-baseline gap-2 ${props.ink ?? ''}`}>
      <svg width="10" height="10" className="shrink-0" aria-hidden="true">
        {props.mark}
      </svg>
      <span>{props.children}</span>
    </li>
  );
}

function Fields({ fields, sensitive }: Area) {
  const others = fields.filter((field) => !sensitive.includes(field));
  return (
    <dl className="mt-3 text-sm">
      {sensitive.length > 0 && (
        <>
          <dt className="text-ink-2">Who they are and what they spend</dt>
          <dd className="font-medium break-words">
            <Text words={sensitive.join(', ')} />
          </dd>
        </>
      )}
      {others.length > 0 && (
        <>
          <dt className="mt-1.5 text-ink-2">Besides</dt>
          <dd className="break-words">
            <Text words={others.join(', ')} />
          </dd>
        </>
      )}
    </dl>
  );
}
