// Sets the checkout up before `npm start`, `npm test` and `npm run check`: packages as the lockfile says, with --console
// the built console, with --clients the CRM clients of the acceptance tests. Depends on nothing but a Node that may be
// older than the one Cordon runs on.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const clients = join(root, 'test', 'clients', 'visits');
const consoleDirectory = join(root, 'build', 'console');
const consoleStamp = join(consoleDirectory, '.cordon-sources');
const lock = join(root, '.setup-lock');

const packagesStamp = (directory) => join(directory, 'node_modules', '.cordon-packages');
const packagesWanted = (directory) => hashOf([join(directory, 'package-lock.json')], `${platform()} ${arch()}`);
const consoleWanted = () =>
  hashOf(
    [
      join(root, 'package-lock.json'),
      ...filesUnder(join(root, 'src', 'doors', 'console')),
      ...filesUnder(join(root, 'src', 'model')),
      ...filesUnder(join(root, 'src', 'lib')),
    ],
    'console',
  );

const packagesReady = (directory) => read(packagesStamp(directory)) === packagesWanted(directory);
const clientsReady = () => !process.argv.includes('--clients') || packagesReady(clients);
const consoleReady = () => !process.argv.includes('--console') || read(consoleStamp) === consoleWanted();

if (!(packagesReady(root) && clientsReady() && consoleReady())) {
  takeLock();
  try {
    if (!packagesReady(root)) installPackages();
    if (!consoleReady()) buildConsole();
    if (!clientsReady()) installClients();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function installPackages() {
  say('Installing packages (once, and when the lockfile changes) …');
  if (!installAsLocked(root)) stop('npm ci failed. Nothing is lost; run the command again.');
  const version = spawnSync(carriedNode(), ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? 'none';
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 19)) {
    stop(`Cordon needs Node 22.19 or newer. Found ${version}, and no packaged Node for ${platform()}-${arch()}.`);
  }
  markInstalled(root);
}

/** Without them the tests that need them say so and are skipped; everything else runs. */
function installClients() {
  say('Installing the CRM clients that the tests let visit (once, and when their lockfile changes) …');
  if (installAsLocked(clients)) markInstalled(clients);
  else say('They could not be installed; the tests that need them will be skipped.');
}

/** Whether it succeeded. */
function installAsLocked(directory) {
  const packages = join(directory, 'node_modules');
  if (lstatSync(packages, { throwIfNoEntry: false })?.isSymbolicLink())
    stop(
      `${packages} is a link: npm ci would empty the folder it leads to. Remove the link, or set up where it leads.`,
    );
  rmSync(packagesStamp(directory), { force: true }); // an interrupted install must not look finished
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  return run(npm ? process.execPath : 'npm', npm ? [npm, ...args] : args, directory);
}

function markInstalled(directory) {
  mkdirSync(join(directory, 'node_modules'), { recursive: true });
  writeFileSync(packagesStamp(directory), packagesWanted(directory));
}

function buildConsole() {
  say('Building the console (once, and when its sources change) …');
  const wanted = consoleWanted();
  const fresh = join(root, 'build', `console.${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });
  const config = join(root, 'src', 'doors', 'console', 'vite.config.ts');
  const vite = join(modules, 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--config', config, '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'];
  if (!run(carriedNode(), args, root)) stop('The console build failed. Nothing is lost; run the command again.');
  writeFileSync(join(fresh, '.cordon-sources'), wanted);
  rmSync(consoleDirectory, { recursive: true, force: true });
  renameSync(fresh, consoleDirectory);
}

/** The Node that the packages carry, or this one where there is none for the platform. */
function carriedNode() {
  const carried = join(modules, '.bin', platform() === 'win32' ? 'node.cmd' : 'node');
  return existsSync(carried) ? carried : process.execPath;
}

/** One set-up at a time; the lock of a process that died is taken over. */
function takeLock() {
  for (let said = false; ; ) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isAlive(read(join(lock, 'pid')))) {
      const claimed = `${lock}.${process.pid}`; // rename is atomic: of two who see a dead owner, one removes the lock
      try {
        renameSync(lock, claimed);
        rmSync(claimed, { recursive: true, force: true });
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
      }
      continue;
    }
    if (!said) say('Another set-up is running in this checkout; waiting for it …');
    said = true;
    wait(200);
  }
}

/** An owner that has not yet written its id gets two seconds to do so. */
function isAlive(pid) {
  for (let tries = 0; pid === undefined && tries < 10; tries++) {
    wait(200);
    if (!existsSync(lock)) return true;
    pid = read(join(lock, 'pid'));
  }
  try {
    process.kill(Number(pid), 0);
    return Number(pid) > 0;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function hashOf(files, salt) {
  const hash = createHash('sha256').update(salt);
  for (const file of files) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesUnder(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function read(file) {
  try {
    return readFileSync(file, 'utf8') || undefined;
  } catch {
    return undefined;
  }
}

/** Whether it succeeded. */
function run(command, args, directory) {
  const shell = platform() === 'win32' && !command.endsWith('.exe');
  const { status, error } = spawnSync(command, args, {
    cwd: directory,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell,
  });
  if (error) say(error.message);
  return status === 0;
}

function wait(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function say(words) {
  process.stderr.write(`${words}\n`);
}

function stop(words) {
  rmSync(lock, { recursive: true, force: true });
  say(words);
  process.exit(1);
}
