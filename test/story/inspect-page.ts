import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { repository } from './open-console.ts';

export const sizes = { wide: { width: 1280, height: 860 }, narrow: { width: 390, height: 844 } } as const;
/** What a run keeps for people to look at. */
const screenshots = join(repository, 'artefacts', 'screenshots');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Looks at the page in every size and theme: no barrier, nothing beyond the edge; keeps the pictures. */
export async function inspectPage(page: Page, name: string): Promise<void> {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await mkdir(screenshots, { recursive: true });
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(100);
      await page.screenshot({ path: join(screenshots, `${name}-${size}-${colorScheme}.png`), fullPage: true });
      const place = `${name}, ${size}, ${colorScheme}`;
      const overhang = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      assert.equal(await page.evaluate(overhang), 0, `${place}: wider than the screen`);
      const violations: readonly Violation[] = await page.evaluate(
        `${axe};axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
      );
      const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      const told = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      assert.deepEqual(told, [], place);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(sizes.wide);
}
