import { inWords } from '#lib/words.ts';
import type { ReachView } from '#model/gateway-wire.ts';
import { Text } from '../parts/text.tsx';

/** px of one picture's side. */
const side = 132;

/** Side of a square whose area is this share of the whole. */
const sideOf = (share: number): number => side * Math.sqrt(Math.max(0, Math.min(1, share)));

/**
 * *The reach*: what one token could take, as nested squares by area: all customers of the house, what today's budget
 * still allows, and what it has actually read. Fields that say who somebody is or what they spend stand out.
 */
export function Reach({ view }: { readonly view: ReachView }) {
  if (view.objects.length === 0) return <p className="text-ink-2">Its policy lets it read no object.</p>;
  return (
    <ul className="grid gap-x-10 gap-y-8 md:grid-cols-2">
      {view.objects.map((each) => (
        <li key={each.object} className="flex gap-5">
          <Squares {...each} />
          <div className="min-w-0">
            <h3 className="font-semibold">
              <Text words={each.object} />
            </h3>
            <p>{inWords(each.read)} customers read</p>
            <p className="text-ink-2">
              {each.left === undefined ? 'no budget: all it can see' : `${inWords(each.left)} more within the budget`}
              {each.all !== undefined && `, of ${inWords(each.all)}`}
            </p>
            <p className="mt-1 text-sm">
              {each.sensitive.length > 0 && <strong>{each.sensitive.join(', ')}</strong>}
              <span className="text-ink-2">
                {each.sensitive.length > 0 && ', '}
                {each.fields.filter((field) => !each.sensitive.includes(field)).join(', ')}
              </span>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Squares({ all, read, left }: ReachView['objects'][number]) {
  const whole = all ?? Math.max(1, read + (left ?? 0));
  const could = left === undefined ? side : sideOf((read + left) / whole);
  const has = sideOf(read / whole);
  return (
    <svg width={side} height={side} className="shrink-0 text-ink" aria-hidden="true">
      <rect width={side} height={side} fill="currentColor" fillOpacity="0.07" />
      <rect
        y={side - could}
        width={could}
        height={could}
        fill="currentColor"
        fillOpacity="0.14"
        className={left === undefined ? 'text-alarm' : ''}
      />
      <rect y={side - has} width={has} height={has} fill="currentColor" fillOpacity="0.75" />
    </svg>
  );
}
