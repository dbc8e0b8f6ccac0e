import { readPolicy } from '#gateway/policy/read-policy.ts';
import { warnOf } from '#gateway/policy/warn-of.ts';
import { describeChange } from '#gateway/policy/widening.ts';
import { revealed } from '#lib/reveal.ts';
import type { Invocation } from '../invocation.ts';
import { readText } from '../read-text.ts';
import { wrap } from '../screen/style.ts';
import { refuse } from '../terminal.ts';

/** What a policy would allow, in the words that its second person will read. */
export function checkPolicy({ terminal }: Invocation, file: string, json: true | undefined): void {
  const text = readText(file);
  const read = text.ok ? readPolicy(text.value, file) : text;
  if (!read.ok) {
    refuse(terminal, read.failure);
    return;
  }
  const { integration } = read.value;
  const [allows, warnings] = [describeChange(undefined, read.value), warnOf(read.value)];
  const { style } = terminal;
  const page = [
    `${style.good('The policy is right.')} ${revealed(integration)}:`,
    ...allows.map((line) => wrap(revealed(line), style.width, 2)),
    ...warnings.map((line) => style.waiting(wrap(revealed(line), style.width))),
  ];
  terminal.out(`${json ? JSON.stringify({ integration, allows, warnings }) : page.join('\n')}\n`);
}
