import { revealed } from '#lib/reveal.ts';
import { boundsInWords, counted, dayInWords, inWords, listInWords } from '#lib/words.ts';
import type { InventoryApp, InventoryView } from '#model/wire.ts';
import { type Style, wrap } from './style.ts';

/** Every third party, newest use first: the list to read before asking who still needs what. */
export function inventoryPage(view: InventoryView, style: Style): string {
  if (view.apps.length === 0) {
    return 'No third-party app in these logs. LoginHistory and SetupAuditTrail exports name them, free of charge.\n';
  }
  const standing = (wanted: InventoryApp['standing']) => view.apps.filter((app) => app.standing === wanted).length;
  const head = `${style.bold(counted(view.apps.length, 'third party', 'third parties'))}: ${inWords(standing('new'))} new, ${inWords(standing('in use'))} in use, ${inWords(standing('dormant'))} dormant.`;
  return `${[head, ...view.apps.map((app) => appBlock(app, style))].join('\n\n')}\n`;
}

function appBlock(app: InventoryApp, style: Style): string {
  const mark = { new: style.urgent('NEW'), 'in use': style.faint('in use'), dormant: style.waiting('DORMANT') }[
    app.standing
  ];
  const users = app.users.map(({ name, uid }) => name ?? uid ?? 'unknown');
  const facts: readonly (readonly [string, string])[] = [
    [
      'used',
      app.calls === 0
        ? 'never seen in use'
        : `${dayInWords(app.firstAt)} to ${dayInWords(app.lastAt)}, ${counted(app.calls, 'call')}`,
    ],
    ['rows', app.calls === 0 ? '' : boundsInWords(app.rows)],
    ['acts as', users.length === 0 ? '' : listInWords(users, 3)],
    ['from', app.networks.length === 0 ? '' : listInWords(app.networks, 4)],
    ['with', app.userAgents.length === 0 ? '' : listInWords(app.userAgents, 2)],
    ['objects', app.objects.length === 0 ? '' : listInWords(app.objects, 8)],
    [
      'setup',
      app.setupChanges
        .map(({ at, by, what }) => `${dayInWords(at)} ${what}${by === undefined ? '' : ` by ${by}`}`)
        .slice(-2)
        .join('; '),
    ],
    ['reach', app.reach],
  ];
  return [
    `${style.bold(revealed(app.name))}  ${mark}${app.uid === undefined ? '' : style.faint(`  ${revealed(app.uid)}`)}`,
    ...facts
      .filter(([, words]) => words !== '')
      .map(([name, words]) => `  ${style.faint(name.padEnd(8))} ${wrap(revealed(words), style.width, 11).trimStart()}`),
  ].join('\n');
}
