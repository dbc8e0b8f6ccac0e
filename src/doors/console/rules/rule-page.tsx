import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { counted } from '#lib/words.ts';
import type { RuleView } from '#model/wire.ts';
import { links } from '../links.ts';
import { Copy } from '../parts/copy.tsx';
import { Jump } from '../parts/jump.tsx';
import { LevelMark } from '../parts/level.tsx';
import { Markdown } from '../parts/markdown.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Answer, Empty } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { rulesQuery } from '../server/queries.ts';
import { EnabledMark } from './enabled.tsx';
import { RuleSwitch } from './rule-switch.tsx';

export function RulePage() {
  const { name } = useParams({ from: '/frame/rules/$name' });
  const query = useQuery(rulesQuery);
  const rule = query.data?.find((each) => each.name === name);
  if (rule !== undefined) return <Rule rule={rule} />;
  return (
    <Page title={name}>
      <Answer of={query}>
        {() => (
          <Empty title="No rule has this name">
            <Jump to={links.rules()} className="text-ink underline underline-offset-4">
              All rules
            </Jump>
          </Empty>
        )}
      </Answer>
    </Page>
  );
}

function Rule({ rule }: { readonly rule: RuleView }) {
  return (
    <Page
      title={rule.title}
      heading={
        <div>
          <p className="mb-2 text-sm text-ink-2">
            <Jump to={links.rules()} className="underline decoration-line-2 underline-offset-4 hover:text-ink">
              Rules
            </Jump>{' '}
            · <code>{rule.name}</code>
          </p>
          <h1 className="text-2xl font-semibold tracking-tight">{rule.title}</h1>
          <p className="mt-3 flex flex-wrap gap-x-5 gap-y-1">
            <LevelMark level={rule.level} />
            <EnabledMark enabled={rule.enabled} />
            <span className="text-ink-2">
              fired {counted(rule.firedCount, 'time')}
              {rule.lastFiredAt !== undefined && (
                <>
                  , last <Time at={rule.lastFiredAt} />
                </>
              )}
            </span>
            <span className="text-ink-2">{rule.techniques.map((technique) => `ATT&CK ${technique}`).join(' · ')}</span>
          </p>
        </div>
      }
      actions={<RuleSwitch rule={rule} />}
    >
      <p className="max-w-[68ch] text-lg">{rule.description}</p>
      <Section title="Runbook">
        <div className="pt-3">
          <Markdown text={rule.runbook} />
        </div>
      </Section>
      {rule.falsePositives.length > 0 && (
        <Section title="What may look the same and be harmless">
          <ul className="list-disc space-y-1 pt-3 pl-6">
            {rule.falsePositives.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </Section>
      )}
      <Section title="The rule as written" aside={<Copy text={rule.yaml} />}>
        <Code text={rule.yaml} />
      </Section>
      <Section title="Samples" aside="run as tests with the rule">
        <Samples
          name={counted(rule.samples.fire.length, 'sample that fires', 'samples that fire')}
          of={rule.samples.fire}
        />
        <Samples
          name={counted(rule.samples.quiet.length, 'sample that stays quiet', 'samples that stay quiet')}
          of={rule.samples.quiet}
        />
      </Section>
    </Page>
  );
}

function Code({ text }: { readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <pre tabIndex={0} className="mt-3 max-h-[560px] overflow-auto rounded-sm bg-wash p-3 text-xs leading-5">
      <Text words={text} keepLines />
    </pre>
  );
}

function Samples({ name, of }: { readonly name: string; readonly of: readonly unknown[] }) {
  if (of.length === 0) return <p className="py-2 text-ink-2">{name}</p>;
  return (
    <details className="border-b border-line py-2">
      <summary>{name}</summary>
      <Code text={of.map((sample) => JSON.stringify(sample, undefined, 2)).join('\n\n')} />
    </details>
  );
}
