/** Plays the demonstration to its end and takes the README's pictures. Run by `npm run pictures`, about two minutes. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import {
  addAuthenticator,
  becomeOwner,
  missing,
  openBrowser,
  repository,
  startDemonstration,
  stop,
} from './open-console.ts';

/** Its six days pass in a minute and a half, once the history is read. */
const speed = 7200;
const storyWithinMs = 600_000;
const width = 1280;

async function takePictures(directory: string): Promise<void> {
  const { server, link } = await startDemonstration(directory, speed);
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ viewport: { width, height: 860 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await addAuthenticator(page);
    await page.goto(link);
    await becomeOwner(page);
    await page.getByText('the story has ended').waitFor({ timeout: storyWithinMs });
    await save(page, 'console-now', 860);
    await page.locator('main li [data-row]', { hasText: 'looked around' }).click();
    await page.getByText('The thread in words').waitFor();
    await page.waitForTimeout(1000);
    await save(page, 'console', await bottomOfThread(page));
    await page.getByRole('link', { name: 'Gateway', exact: true }).click();
    await page.getByRole('list', { name: 'Cuts' }).getByText('parlance-chat').first().waitFor();
    await page.waitForTimeout(1000);
    await save(page, 'console-gateway', 860);
  } finally {
    await browser.close();
    await stop(server);
  }
}

/** px from the top of the page to the end of the thread, with room below. */
async function bottomOfThread(page: Page): Promise<number> {
  await page.evaluate('window.scrollTo(0, 0)');
  const box = await page.getByRole('region', { name: 'The thread', exact: true }).boundingBox();
  if (box === null) throw new Error('the incident page shows no thread');
  return Math.ceil(box.y + box.height + 16);
}

async function save(page: Page, name: string, height: number): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.mouse.move(0, 0);
  await page.evaluate('document.activeElement?.blur(); window.scrollTo(0, 0)');
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(repository, 'docs', `${name}.png`) });
}

if (missing) {
  console.error(`No pictures: ${missing}.`);
  process.exitCode = 1;
} else {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-pictures-'));
  await mkdir(join(repository, 'docs'), { recursive: true });
  await takePictures(directory).finally(() => rm(directory, { recursive: true, force: true }));
}
