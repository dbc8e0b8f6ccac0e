import { revealed } from '#lib/reveal.ts';
import { boundsInWords, counted, inWords, listInWords, momentInWords } from '#lib/words.ts';
import type { GatewayExposureView, ReleaseView } from '#model/gateway-wire.ts';
import { type Style, wrap } from './style.ts';

const mostReleases = 20;

/** What left, for somebody who has to say it to others: the numbers first, then what they rest on. */
export function exposurePage(view: GatewayExposureView, style: Style): string {
  const { subject, records, customers, releaseCount } = view;
  if (releaseCount === 0)
    return [
      `${style.good('Nothing left')} through the gateway for ${subject.kind} ${revealed(subject.name)}.`,
      wrap(view.coverage.words, style.width),
    ].join('\n');
  const isExact = records.atMost === records.atLeast && customers.atMost === customers.atLeast;
  return [
    `${style.bold(`${subject.kind} ${revealed(subject.name)}`)}  ${momentInWords(view.from)} to ${momentInWords(view.to)} UTC`,
    '',
    `  records    ${boundsInWords(records)}`,
    `  customers  ${boundsInWords(customers)}`,
    `  answers    ${inWords(releaseCount)}`,
    `  ${isExact ? style.good('exact, from the ledger') : style.waiting('bounded')}`,
    ...view.doubts.map((doubt) => wrap(revealed(doubt), style.width, 2)),
    '',
    style.bold('Fields'),
    ...view.fields.map(
      ({ object, field, records: count }) => `  ${revealed(object)}.${revealed(field)}  ${inWords(count)}`,
    ),
    '',
    style.bold(releaseCount > mostReleases ? `The last ${mostReleases} answers` : 'Answers'),
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
  `  ${momentInWords(at)}  ${revealed(integration)} from ${revealed(address)} (${tier})  ${operation}  ${counted(records, revealed(object))}  ${listInWords(fields.map(revealed), 4)}${end === 'complete' ? '' : `  ${end}`}`;
