import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { inspectPage, sizes } from './inspect-page.ts';
import {
  addAuthenticator,
  becomeOwner,
  openBrowser,
  missing as skip,
  startDemonstration,
  stop,
} from './open-console.ts';

/** Seconds of the story per second of the test: its five days of reconnaissance pass in two minutes. */
const speed = 3600;
/** The history of the house is read first, on two busy cores. ms */
const incidentWithinMs = 300_000;

let directory: string;
let server: ChildProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let link: string;
/** What the pages complained about: a blocked script, a failed request, an exception. */
const complaints: string[] = [];

before(async () => {
  if (skip) return;
  directory = await mkdtemp(join(tmpdir(), 'cordon-console-'));
  ({ server, link } = await startDemonstration(directory, speed));
  browser = await openBrowser();
  context = await browser.newContext({ viewport: sizes.wide, colorScheme: 'light', reducedMotion: 'reduce' });
  page = await context.newPage();
  // Patient: all tests of the house may share two cores.
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await addAuthenticator(page);
});

after(async () => {
  if (skip) return;
  await browser?.close();
  await stop(server);
  await rm(directory, { recursive: true, force: true });
});

test('the one-time link makes an owner with a passkey', { skip }, async () => {
  await page.goto(link);
  await page.getByRole('heading', { name: 'Become the owner' }).waitFor();
  await inspectPage(page, 'welcome');
  await becomeOwner(page);
  assert.equal(new URL(page.url()).pathname, '/');
});

test('signing out closes the door, the passkey opens it again', { skip }, async () => {
  await page.goto(new URL('/settings', link).href);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await inspectPage(page, 'sign-in');
  await page.goto(new URL('/incidents', link).href);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('heading', { name: 'Incidents' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/incidents', 'back where the person was going');
});

test('the story leads to its incident by itself', { skip, timeout: incidentWithinMs + 30_000 }, async () => {
  await page.goto(new URL('/', link).href);
  const sentence = page.locator('main li [data-row]').first();
  await sentence.waitFor({ timeout: incidentWithinMs });
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Play' }).waitFor();
  await inspectPage(page, 'now');
  await sentence.click();
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
  assert.match(new URL(page.url()).pathname, /^\/incidents\/inc-/);
  assert.ok((await page.getByRole('group', { name: 'Findings, in order of time' }).getByRole('button').count()) > 0);
  assert.ok((await page.locator('main article').count()) > 0, 'findings with their reasons');
  await page.locator('main article summary').first().click();
  await page.locator('main article details details summary').first().click();
  assert.notEqual(await page.locator('main article pre').first().innerText(), '', 'the line as it came');
  await inspectPage(page, 'incident');
});

test('every page stands in light and dark, wide and narrow, without barriers', { skip }, async () => {
  const rooms = ['incidents', 'events', 'integrations', 'rules', 'settings', 'settings/tokens', 'settings/staff'];
  for (const room of [...rooms, 'settings/audit-log']) {
    await page.goto(new URL(`/${room}`, link).href);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('[aria-busy]').waitFor({ state: 'detached' });
    await inspectPage(page, room.replace('/', '-'));
  }
  await page.goto(new URL('/rules', link).href);
  await page.locator('[data-row]').first().click();
  await page.getByRole('heading', { name: 'Runbook' }).waitFor();
  await inspectPage(page, 'rule');
});

test('keys, panel and palette reach what the mouse reaches', { skip }, async () => {
  await page.goto(new URL('/events', link).href);
  await page.locator('[data-row]').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog');
  await panel.getByRole('heading', { name: 'The line as it came' }).waitFor();
  await inspectPage(page, 'event-panel');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Incident, grant, app').fill('audit log');
  await page.getByRole('option', { name: 'Audit log', selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Verify the chain' }).click();
  await page.getByText('Verified:').waitFor();
});

test('the incident is closed through its states, each with a reason, and all of it is on record', {
  skip,
}, async () => {
  await page.goto(new URL('/', link).href);
  await page.locator('main li [data-row]').first().click();
  for (const [button, state] of [
    ['Mark contained', 'contained'],
    ['Mark scoped', 'scoped'],
    ['Mark notified', 'notified'],
    ['Close incident', 'closed'],
  ] as const) {
    await page.getByRole('button', { name: button }).first().click();
    const dialog = page.getByRole('dialog', { name: button });
    const confirm = dialog.getByRole('button', { name: button });
    assert.equal(await confirm.isDisabled(), true, 'no step without a reason');
    await dialog.getByLabel('Reason').fill(`Because this test says so: ${state}.`);
    await confirm.click();
    await dialog.waitFor({ state: 'hidden' });
    await page
      .getByRole('region', { name: 'What people and Cordon did' })
      .getByText(`Because this test says so: ${state}.`)
      .waitFor();
  }
  await page.getByRole('button', { name: 'Open again' }).waitFor();
  await inspectPage(page, 'incident-closed');
  await page.goto(new URL('/settings/audit-log', link).href);
  await page.getByText('incident.state').first().waitFor();
});

test('the theme follows the choice and outlives a reload', { skip }, async () => {
  await page.setViewportSize(sizes.wide);
  await page.goto(new URL('/', link).href);
  const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const light = await paper();
  await page.locator('label', { hasText: 'dark' }).first().click();
  const dark = await paper();
  assert.notEqual(dark, light);
  await page.reload();
  assert.equal(await paper(), dark);
});

test('no page complained: nothing blocked by the content policy, nothing thrown, nothing missing', { skip }, () => {
  assert.deepEqual(complaints, []);
});
