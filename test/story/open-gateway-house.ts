import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDemoStage } from '#intake/demo-stage/open-stage.ts';
import { repository, stop } from './open-console.ts';

/** A Cordon that watches a gateway before an emulated CRM, without the demonstration's year of logs. */
export interface GatewayHouse {
  /** One-time: it makes the owner. */
  readonly link: string;
  close(): Promise<void>;
}

/** `directory` takes the records; the thief comes `theftAfterMs` after the gateway's integrations have begun to work. */
export async function openGatewayHouse(directory: string, theftAfterMs: number): Promise<GatewayHouse> {
  const script = join(repository, 'src', 'doors', 'cli', 'main.ts');
  const faults: unknown[] = [];
  const stage = await openDemoStage({ script, theftAfterMs, reportBug: (error) => faults.push(error) });
  const configuration = join(directory, 'cordon.yaml');
  await writeFile(
    configuration,
    `dataDirectory: ${join(directory, 'data')}\nlisten: { port: 0 }\ngateway: { dataDirectory: ${stage.directory} }\n`,
  );
  const played = stage.play();
  const server = spawn(process.execPath, [script, '--config', configuration, 'start'], {
    cwd: directory,
    env: { ...process.env, NO_COLOR: '1' },
  });
  const close = async (): Promise<void> => {
    await stop(server);
    await stage.close();
    await played;
    if (faults.length > 0) throw new AggregateError(faults, 'the stage failed');
  };
  try {
    return { link: await linkOf(server), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function linkOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const found = /http:\S+\/welcome\/[\w-]+/.exec(said);
      if (found !== null) resolve(found[0]);
    };
    server.stdout?.on('data', hear);
    server.stderr?.on('data', hear);
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}
