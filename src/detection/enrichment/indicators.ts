import type { Event, Slots } from '#model/event.ts';
import { compileTextPatterns, parseTextPattern } from '#sigma/detection/text-pattern.ts';
import { remember } from '../history/measures.ts';
import { AddressSet } from './address-set.ts';
import type { Indicator, IndicatorFault, Subject, Test } from './indicator.ts';

/** Indicators by what they speak of. An event is asked by its words, so a million of them cost as little as one. */
export interface Indicators {
  readonly size: number;
  /** Those that hold of the event at its time. */
  find(event: Event): readonly Indicator[];
}

/** One alternative of an indicator: found by its first test, held against the rest. */
interface Entry {
  readonly indicator: Indicator;
  readonly others: readonly ((slots: Slots) => boolean)[];
}

const read: Readonly<Record<Subject, (slots: Slots) => readonly (string | undefined)[]>> = {
  address: (slots) => [slots['src_endpoint.ip'], slots['dst_endpoint.ip']],
  'user-agent': (slots) => [slots['http_request.user_agent']],
  app: (slots) => [slots['actor.app_name'], slots['actor.app_uid'], slots['entity.name']],
  user: (slots) => [slots['actor.user.name'], slots['actor.user.uid']],
  host: (slots) => [slots['dst_endpoint.hostname'], slots['query.hostname']],
};

const none: readonly Indicator[] = [];

const subjects: readonly Subject[] = ['address', 'user-agent', 'app', 'user', 'host'];

/** Indexes the indicators; what no event can be asked is told. */
export function indexIndicators(indicators: readonly Indicator[]): {
  readonly indicators: Indicators;
  readonly faults: readonly IndicatorFault[];
} {
  const faults: IndicatorFault[] = [];
  const addresses = new AddressSet<Entry>();
  const words = new Map<string, Entry[]>();
  const patterns: { readonly subject: Subject; readonly matches: (text: string) => boolean; readonly entry: Entry }[] =
    [];
  for (const indicator of indicators)
    for (const [first, ...others] of indicator.alternatives) {
      if (first === undefined) continue;
      const entry = { indicator, others: others.map(compileTest) };
      if (first.subject === 'address' && first.is !== 'like') {
        if (!addresses.add(first.value, entry))
          faults.push({ where: indicator.id, found: first.value.slice(0, 80), expected: 'an address or a network' });
      } else if (first.is === 'like') patterns.push({ subject: first.subject, matches: glob(first.value), entry });
      else {
        const key = `${first.subject} ${first.value.toLowerCase()}`;
        words.set(key, [...(words.get(key) ?? []), entry]);
      }
    }

  const ask = (subject: Subject) =>
    remember((text): readonly Entry[] => {
      if (subject === 'address') return addresses.find(text);
      const named = (subject === 'host' ? withParents(text) : [text]).flatMap(
        (each) => words.get(`${subject} ${each.toLowerCase()}`) ?? [],
      );
      return [
        ...named,
        ...patterns.flatMap((each) => (each.subject === subject && each.matches(text) ? each.entry : [])),
      ];
    });
  const asked = subjects.map((subject) => ({ readTexts: read[subject], entriesOf: ask(subject) }));

  function find({ slots, time }: Event): readonly Indicator[] {
    const found = new Set<Indicator>();
    for (const { readTexts, entriesOf } of asked)
      for (const text of readTexts(slots))
        for (const { indicator, others } of text === undefined ? [] : entriesOf(text).answer)
          if (isInForce(indicator, slots, time) && others.every((holds) => holds(slots))) found.add(indicator);
    return [...found];
  }

  return { faults, indicators: { size: indicators.length, find: indicators.length === 0 ? () => none : find } };
}

function isInForce({ validFrom, validUntil, products }: Indicator, slots: Slots, time: number): boolean {
  if (time < validFrom || time >= validUntil) return false;
  return products.length === 0 || products.includes(slots['metadata.product.name']?.toLowerCase() ?? '');
}

function compileTest({ subject, is, value }: Test): (slots: Slots) => boolean {
  const matches = is === 'like' ? glob(value) : exact[subject](value);
  return (slots) => read[subject](slots).some((text) => text !== undefined && matches(text));
}

const isWord =
  (word: string) =>
  (text: string): boolean =>
    text.toLowerCase() === word.toLowerCase();

const isHost =
  (host: string) =>
  (text: string): boolean =>
    withParents(text).some(isWord(host));

/** `a.b.example` → `a.b.example`, `b.example`, `example`. */
const withParents = (host: string): readonly string[] => {
  const labels = host.slice(0, longestHost).split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
};

/** RFC 1035, section 2.3.4. */
const longestHost = 255;

function isWithin(network: string): (address: string) => boolean {
  const set = new AddressSet<true>();
  set.add(network, true);
  return (address) => set.find(address).length > 0;
}

const exact: Readonly<Record<Subject, (value: string) => (text: string) => boolean>> = {
  address: isWithin,
  'user-agent': isWord,
  app: isWord,
  user: isWord,
  host: isHost,
};

const glob = (pattern: string): ((text: string) => boolean) => compileTextPatterns([parseTextPattern(pattern)], false);
