import { useQuery } from '@tanstack/react-query';
import { counted, inWords } from '#lib/words.ts';
import { levels } from '#model/finding.ts';
import type { RuleView } from '#model/wire.ts';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { LevelMark } from '../parts/level.tsx';
import { Page } from '../parts/page.tsx';
import { Answer, Empty, Skeleton } from '../parts/states.tsx';
import { RowTime } from '../parts/time.tsx';
import { rulesQuery } from '../server/queries.ts';
import { EnabledMark } from './enabled.tsx';

export function RulesPage() {
  const query = useQuery(rulesQuery);
  return (
    <Page title="Rules" wide>
      <Answer of={query} waiting={<Skeleton lines={10} height={57} />}>
        {(rules) =>
          rules.length === 0 ? (
            <Empty title="No rule is loaded">
              <p>Rules are folders with a rule.yml. The ones Cordon comes with stand in src/detection/rules.</p>
            </Empty>
          ) : (
            <RuleTable rules={rules} />
          )
        }
      </Answer>
    </Page>
  );
}

const byLevel = (a: RuleView, b: RuleView): number =>
  levels.indexOf(b.level) - levels.indexOf(a.level) || a.title.localeCompare(b.title);

function RuleTable({ rules }: { readonly rules: readonly RuleView[] }) {
  const off = rules.filter((rule) => !rule.enabled).length;
  return (
    <>
      <p className="pb-2 text-sm text-ink-2">
        {counted(rules.length, 'rule')}
        {off > 0 && `, ${off} switched off`}, worst level first
      </p>
      <div className="-mx-3">
        <table className="w-full table-fixed">
          <thead className="border-b border-line-2 text-sm text-ink-2 max-md:sr-only">
            <tr>
              <th scope="col" className="py-2 pl-3">
                Rule
              </th>
              <th scope="col" className="w-32 py-2">
                Level
              </th>
              <th scope="col" className="w-48 py-2 max-lg:hidden">
                ATT&amp;CK
              </th>
              <th scope="col" className="w-20 py-2">
                State
              </th>
              <th scope="col" className="w-24 py-2 pr-6 text-right">
                Fired
              </th>
              <th scope="col" className="w-28 py-2">
                Last
              </th>
            </tr>
          </thead>
          <tbody>
            {[...rules].sort(byLevel).map((rule) => (
              <tr
                key={rule.name}
                className="row border-b border-line align-top max-md:block max-md:px-3 max-md:py-2 md:[&>td]:py-2.5"
              >
                <td className="min-w-0 max-md:block md:pr-6 md:pl-3">
                  <Jump to={links.rule(rule.name)} data-row className="row-link font-medium break-words">
                    {rule.title}
                  </Jump>
                  <span className="line-clamp-1 text-sm text-ink-2">{rule.description}</span>
                </td>
                <td className="max-md:mr-4 max-md:inline-block">
                  <LevelMark level={rule.level} />
                </td>
                <td className="pr-4 text-sm text-ink-2 max-lg:hidden">{rule.techniques.join(', ')}</td>
                <td className="max-md:mr-4 max-md:inline-block">
                  <EnabledMark enabled={rule.enabled} />
                </td>
                <td className="pr-6 text-right max-md:hidden">{inWords(rule.firedCount)}</td>
                <td className="text-ink-2 max-md:inline-block">
                  {rule.lastFiredAt === undefined ? 'never' : <RowTime at={rule.lastFiredAt} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
