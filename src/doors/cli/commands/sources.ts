import type { Command } from 'commander';
import { revealed } from '#lib/reveal.ts';
import { counted, durationInWords, listInWords, momentInWords } from '#lib/words.ts';
import type { LiveGap, SourceHealth, SourcesView, StreamHealth } from '#model/wire.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';
import { show, withServer } from './incidents.ts';

/** How the sources of the running server fare, asked through its own socket. */
export function addSourcesCommand(program: Command, invocation: () => Invocation): void {
  program
    .command('sources')
    .description('how every source of the running server fares: its streams, how late they are, what could not be had')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples\n  cordon sources\n  cordon sources --json | jq .gaps')
    .action((options: { json?: true }) =>
      withServer(invocation(), async (server, terminal) => {
        const answer = await server.get<SourcesView>('/sources');
        return show(terminal, answer, options.json, ({ at, sources, gaps, cautions }) => [
          ...sources.filter(isHeard).flatMap((source) => sourceLines(source, at, terminal)),
          ...unheardLine(sources, terminal),
          ...gaps.map(gapLine),
          ...cautions.map((caution) => `${terminal.style.waiting('Note:')} ${revealed(caution)}`),
        ]);
      }),
    );
}

const isHeard = ({ state }: SourceHealth): boolean => state !== 'unheard';

function unheardLine(sources: readonly SourceHealth[], { style }: Terminal): readonly string[] {
  const titles = sources.filter((source) => !isHeard(source)).map(({ title }) => title);
  return titles.length === 0 ? [] : [style.faint(`Nothing of these ever came: ${listInWords(titles)}.`)];
}

function sourceLines(source: SourceHealth, now: number, { style }: Terminal): readonly string[] {
  const facts = [
    counted(source.events, 'event'),
    ...(source.duplicates > 0 ? [counted(source.duplicates, 'duplicate')] : []),
    ...(source.quarantined > 0 ? [`${source.quarantined} in quarantine`] : []),
    ...(source.lastArrivalAt === undefined ? [] : [`last ${momentInWords(source.lastArrivalAt)} UTC`]),
  ];
  return [
    `${style.bold(source.title)}  ${source.state}  ${style.faint(facts.join(', '))}`,
    ...(source.streams ?? []).filter(({ state }) => state !== 'starting').map((stream) => streamLine(stream, now)),
    ...startingLine(source.streams ?? [], style),
    ...(source.lastError === undefined || source.streams !== undefined ? [] : [`  ${revealed(source.lastError)}`]),
  ];
}

function streamLine(stream: StreamHealth, now: number): string {
  const { reachedUntil, lagMs, why, until, gaps, lastContactAt } = stream;
  const facts = [
    counted(stream.events, 'event'),
    ...(reachedUntil === undefined ? [] : [`read up to ${momentInWords(reachedUntil)} UTC`]),
    ...(lagMs === undefined ? [] : [`the newest came ${durationInWords(lagMs)} late`]),
    ...(lastContactAt === undefined ? [] : [`heard ${durationInWords(Math.max(0, now - lastContactAt))} ago`]),
    ...(gaps > 0 ? [counted(gaps, 'gap')] : []),
    ...(why === undefined ? [] : [revealed(why)]),
    ...(until === undefined || until <= now ? [] : [`asks again in ${durationInWords(until - now)}`]),
  ];
  return `  ${revealed(`${stream.reading} ${stream.stream}`)}: ${stream.state}; ${facts.join('; ')}`;
}

function startingLine(streams: readonly StreamHealth[], style: Terminal['style']): readonly string[] {
  const starting = streams.filter(({ state }) => state === 'starting').map(({ stream }) => revealed(stream));
  return starting.length === 0 ? [] : [style.faint(`  not heard yet: ${listInWords(starting)}`)];
}

const gapLine = ({ reading, stream, from, to, why }: LiveGap): string =>
  `Between ${momentInWords(from)} and ${momentInWords(to)} UTC nothing of ${revealed(`${reading} ${stream}`)} could be had: ${revealed(why)}`;
