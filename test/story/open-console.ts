import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

export const repository = fileURLToPath(new URL('../../', import.meta.url));

const browserPath = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path));

/** Why the console cannot be looked at on this machine; false where it can. */
export const missing: string | false =
  browserPath === undefined
    ? 'no chromium (apt-get install chromium, or name one in CHROMIUM)'
    : !existsSync(join(repository, 'build', 'console', 'index.html')) && 'no console (npm run console:build)';

const switches =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: browserPath!, args: switches.split(' ') });

export interface Demonstration {
  readonly server: ChildProcess;
  /** One-time: it makes the owner. */
  readonly link: string;
}

/** The demonstration as a person starts it, with its records in `directory`; `speed` in its seconds per one of ours. */
export function startDemonstration(directory: string, speed: number): Promise<Demonstration> {
  const main = join(repository, 'src', 'doors', 'cli', 'main.ts');
  const server = spawn(process.execPath, [main, 'start', '--demo', '--speed', String(speed), '--port', '0'], {
    cwd: directory,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const found = /http:\S+\/welcome\/[\w-]+/.exec(said);
      if (found !== null) resolve({ server, link: found[0] });
    };
    server.stdout.on('data', hear);
    server.stderr.on('data', hear);
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}

/** Resolves once it has ended. */
export async function stop(server: ChildProcess | undefined): Promise<void> {
  server?.kill('SIGTERM');
  await new Promise((resolve) => (server?.exitCode === null ? server.once('exit', resolve) : resolve(undefined)));
}

/** A device that makes and shows passkeys for this page without asking anybody. */
export async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** From the one-time link to the Now page. */
export async function becomeOwner(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Ines Albrecht');
  await page.getByLabel('E-mail').fill('ines.albrecht@maison-orfevre.example');
  await page.getByRole('button', { name: 'Create my passkey' }).click();
  await page.getByText('Demonstration house').waitFor();
}
