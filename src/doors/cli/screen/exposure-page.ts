import { revealed } from '#lib/reveal.ts';
import { boundsInWords, counted, inWords, listInWords, momentInWords } from '#lib/words.ts';
import type { GatewayExposureView, ReleaseView } from '#model/gateway-wire.ts';
import { type Style, wrap } from './style.ts';

const mostReleases = 20;
const otherTokens =
  "  Where credentials are out, other tokens may be the thief's too: --integration NAME tells all that it read.";

/**
 * What left, for somebody who has to say it to others: the numbers first, then what they rest on. `about`: what was asked
 * about, where that is not the view's own subject.
 */
export function exposurePage(view: GatewayExposureView, style: Style, about?: string): string {
  const { subject, records, customers, releaseCount } = view;
  const isOfTokens = subject.kind === 'incident';
  const name = isOfTokens
    ? `the tokens of incident ${revealed(subject.name)}`
    : [about, about === undefined && subject.kind, revealed(subject.name)].filter(Boolean).join(' ');
  const doubts = view.doubts.map((doubt) => style.waiting(wrap(revealed(doubt), style.width, 2)));
  if (releaseCount === 0 && records.atMost === 0)
    return [
      `${style.good('Nothing left')} through the gateway for ${name}.`,
      ...doubts,
      wrap(view.coverage.words, style.width),
    ].join('\n');
  const isExact = records.atMost === records.atLeast && customers.atMost === customers.atLeast;
  return [
    `${style.bold(name)}  ${momentInWords(view.from)} to ${momentInWords(view.to)} UTC`,
    '',
    `  records    ${boundsInWords(records)}`,
    `  customers  ${boundsInWords(customers)}`,
    `  answers    ${inWords(releaseCount)}`,
    `  ${isExact ? style.good('exact, from the ledger') : style.waiting('bounded')}`,
    ...doubts,
    ...(isOfTokens ? [wrap(otherTokens, style.width, 2)] : []),
    '',
    style.bold('Fields, and in how many records each left'),
    ...view.fields.map(
      ({ object, field, records: count }) => `  ${revealed(object)}.${revealed(field)}  ${inWords(count)}`,
    ),
    '',
    style.bold(`${releaseCount > mostReleases ? `The last ${mostReleases} answers` : 'Answers'}, times in UTC`),
    ...view.releases.slice(0, mostReleases).map((release) => releaseLine(release)),
    '',
    wrap(view.coverage.words, style.width),
  ].join('\n');
}

const releaseLine = ({
  at,
  integration,
  operation,
  object,
  fields,
  records,
  end,
  tier,
  address,
}: ReleaseView): string =>
  `  ${momentInWords(at)}  ${revealed(integration)} from ${revealed(address)} (${tier})  ${operation}  ${counted(records, revealed(object))}  ${listInWords(fields.map(revealed), 4)}${end === 'complete' ? '' : `  ${endInWords[end]}`}`;

const endInWords = {
  cut: 'cut by Cordon',
  broken: 'broken off on the way',
  'under way': 'under way',
  unknown: 'its end was not written down',
} as const satisfies Record<Exclude<ReleaseView['end'], 'complete'>, string>;
