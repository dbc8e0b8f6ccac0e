import { durationInWords, inWords } from '#lib/words.ts';
import type { BudgetView } from '#model/gateway-wire.ts';

export function BudgetBars({ budgets }: { readonly budgets: readonly BudgetView[] }) {
  if (budgets.length === 0)
    return <span className="text-alarm">No budget: nothing bounds what one token may take</span>;
  return budgets.map((budget) => (
    <BudgetBar key={`${budget.what} ${budget.object} ${budget.windowMs}`} budget={budget} />
  ));
}

/** What is spent of a budget: a bar, and the numbers in words. Vermilion when it is reached. */
function BudgetBar({ budget }: { readonly budget: BudgetView }) {
  const { what, object, windowMs, limit, spent } = budget;
  const share = limit === 0 ? 1 : Math.min(1, spent / limit);
  const ink = share >= 1 ? 'text-alarm' : share >= 0.8 ? 'text-amber' : 'text-ink-2';
  return (
    <div className={`flex items-start gap-2.5 text-sm ${ink}`}>
      <svg width="72" height="8" className="mt-1.5 shrink-0" aria-hidden="true">
        <rect width="72" height="8" fill="currentColor" fillOpacity="0.18" />
        <rect width={Math.max(share > 0 ? 1 : 0, share * 72)} height="8" fill="currentColor" />
      </svg>
      <span>
        {inWords(spent)} of {inWords(limit)} {object === undefined ? what : `${what} of ${object}`} in{' '}
        {durationInWords(windowMs)}
        {share >= 1 && <strong className="font-semibold">, reached</strong>}
      </span>
    </div>
  );
}
