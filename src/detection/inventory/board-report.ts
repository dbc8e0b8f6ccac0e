import { type Html, html } from '#lib/html.ts';
import { boundsInWords, counted, dayInWords, inWords, listInWords } from '#lib/words.ts';
import type { InventoryApp, InventoryView } from '#model/wire.ts';

/**
 * One page for people who decide: who can touch customer data, which of them nobody uses, which are new, and what each
 * could lose. Self-contained HTML (no script, no request), fit for print; `title` names the organisation or the files.
 */
export function boardReport(inventory: InventoryView, title: string): string {
  const apps = [...inventory.apps].sort((a, b) => b.rows.atLeast - a.rows.atLeast || b.lastAt - a.lastAt);
  const ofStanding = (standing: InventoryApp['standing']) => apps.filter((app) => app.standing === standing);
  const dormant = ofStanding('dormant');
  const fresh = ofStanding('new');
  const bulk = apps.filter((app) => app.reach.includes('bulk'));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Third parties with access to customer data · ${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>Who can touch our customers’ data</h1>
<p class="lead">${title}. ${span(inventory)}</p>
</header>
<dl class="figures">
<div><dt>Third-party apps seen</dt><dd>${inWords(apps.length)}</dd></div>
<div><dt>New in the last 14 days</dt><dd>${inWords(fresh.length)}</dd></div>
<div><dt>Unused for 30 days or more</dt><dd>${inWords(dormant.length)}</dd></div>
<div><dt>Able to take whole tables in minutes</dt><dd>${inWords(bulk.length)}</dd></div>
</dl>
${questions(fresh, dormant, bulk)}
<h2>Every third party</h2>
<p>Sorted by rows read. Figures are from logs and are bounds: the true number lies between them. What an app could reach is
never less than what it has been seen to read.</p>
<table>
<thead><tr><th scope="col">App</th><th scope="col">Standing</th><th scope="col">Acts as</th><th scope="col">Last used</th>
<th scope="col">Rows read</th><th scope="col">What one stolen token could reach</th></tr></thead>
<tbody>${apps.map(rowOf)}</tbody>
</table>
<footer><p>Times are UTC. ${inventory.appsLeftOut ? html`${counted(inventory.appsLeftOut, 'act')} of further apps did not fit in the list.` : ''}
Made by Cordon from the logs alone; an app that left no line in them is not here.</p></footer>
</main>
</body>
</html>`;
  return `${page.markup}\n`;
}

function span({ from, to }: InventoryView): string {
  return from === undefined || to === undefined
    ? 'No log was read.'
    : `Logs from ${dayInWords(from)} to ${dayInWords(to)}.`;
}

/** What to ask on Monday, only where there is something to ask. */
function questions(
  fresh: readonly InventoryApp[],
  dormant: readonly InventoryApp[],
  bulk: readonly InventoryApp[],
): Html {
  const names = (apps: readonly InventoryApp[]) =>
    listInWords(
      apps.map(({ name }) => name),
      8,
    );
  const asked = [
    fresh.length > 0 ? html`<li><strong>Who approved these?</strong> New: ${names(fresh)}.</li>` : undefined,
    dormant.length > 0
      ? html`<li><strong>Can these be taken away?</strong> Nobody has used them for a month, and their tokens still open the door: ${names(dormant)}.</li>`
      : undefined,
    bulk.length > 0
      ? html`<li><strong>Do these need whole tables?</strong> They use bulk queries: ${names(bulk)}.</li>`
      : undefined,
  ].filter((each) => each !== undefined);
  return asked.length === 0 ? html`` : html`<h2>Questions to ask</h2><ol>${asked}</ol>`;
}

function rowOf(app: InventoryApp): Html {
  const users = app.users.map(({ name, uid }) => name ?? uid ?? 'unknown');
  const approved = app.setupChanges.at(-1);
  return html`<tr>
<th scope="row">${app.name}${app.uid ? html`<br><small>${app.uid}</small>` : undefined}</th>
<td>${app.standing}${approved ? html`<br><small>${approved.what}, ${dayInWords(approved.at)}</small>` : undefined}</td>
<td class="who">${listInWords(users, 2)}</td>
<td class="date">${dayInWords(app.lastAt)}</td>
<td class="number">${app.calls === 0 ? 'none seen' : boundsInWords(app.rows)}</td>
<td>${app.reach}</td>
</tr>`;
}

const style = html`
:root { color-scheme: light dark; --ink: #1b1a17; --paper: #faf9f6; --line: #d9d6cd; --faint: #5f5b52; }
@media (prefers-color-scheme: dark) { :root { --ink: #ebe8e1; --paper: #161513; --line: #3a3732; --faint: #a7a297; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 Inter, system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 8px; font-weight: 600; }
h2 { font-size: 18px; margin: 32px 0 8px; font-weight: 600; }
.lead, footer, small { color: var(--faint); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 16px; margin: 24px 0; border-block: 1px solid var(--line); padding: 16px 0; }
.figures dt { color: var(--faint); } .figures dd { margin: 0; font-size: 28px; font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 8px 12px 8px 0; border-bottom: 1px solid var(--line); }
tbody th, .who { overflow-wrap: anywhere; min-width: 11em; } small { font-weight: 400; } .date { white-space: nowrap; }
tbody th { font-weight: 600; } thead th { color: var(--faint); font-weight: 500; }
.number { min-width: 9em; }
@media (max-width: 700px) { table, thead, tbody, tr, th, td { display: block; } thead { display: none; } tr { padding: 12px 0; border-bottom: 1px solid var(--line); } tbody th, tbody td { border: 0; padding: 2px 0; } }
@media print { main { padding: 0; } body { font-size: 11px; } }
`;
