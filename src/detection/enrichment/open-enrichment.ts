import { stat } from 'node:fs/promises';
import type { Event, Slots } from '#model/event.ts';
import { type Failure, type Result, success } from '#model/result.ts';
import { openAddressFacts } from './address-facts.ts';
import type { PeopleRegister } from './people-register.ts';
import { type EnrichmentFiles, type Registers, readRegisters } from './read-registers.ts';

/** Of an indicator that does not state its own, 0 to 100. */
const unstatedConfidence = 50;

const noFiles: EnrichmentFiles = { anonymisers: [], indicators: [] };

/** What is known about the words of an event beyond its line. */
export interface Enrichment {
  /** Fills the slots that the line leaves empty, and those of registers and lists, in place. */
  describe(event: Event): void;
  readonly personOf: PeopleRegister;
  /**
   * Reads all again when a file has changed since; where one cannot be read, what was known stays. Tells what is wrong
   * now; undefined when nothing has changed.
   */
  refresh(): Promise<readonly Failure[] | undefined>;
}

export interface OpenedEnrichment {
  readonly enrichment: Enrichment;
  /** What could not be used of the files. */
  readonly faults: readonly Failure[];
}

/** Reads all files. Fails where one cannot be read as a whole; what is wrong in single lines is in `faults`. */
export async function openEnrichment(
  files: EnrichmentFiles = noFiles,
): Promise<Result<OpenedEnrichment, readonly Failure[]>> {
  const factsOf = openAddressFacts();
  let stamp = await stampOf(files);
  const first = await readRegisters(files, factsOf);
  if (!first.ok) return first;
  let { registers } = first.value;
  const enrichment: Enrichment = {
    describe: (event) => describe(event, registers),
    personOf: (nameOrId) => registers.personOf(nameOrId),
    async refresh() {
      const now = await stampOf(files);
      if (now === stamp) return undefined;
      stamp = now;
      const read = await readRegisters(files, factsOf);
      if (!read.ok) return read.failure;
      registers = read.value.registers;
      return read.value.faults;
    },
  };
  return success({ enrichment, faults: first.value.faults });
}

function describe(event: Event, registers: Registers): void {
  const { slots } = event;
  const { indicators, vendors } = registers;
  const address = slots['src_endpoint.ip'];
  if (address !== undefined) describeAddress(slots, address, registers);
  const vendor = vendors?.find(slots);
  if (vendor !== undefined) {
    slots['unmapped.vendor.name'] = vendor.name;
    slots['unmapped.vendor.owner'] = vendor.owner;
    slots['unmapped.vendor.network'] = vendor.network;
  }
  const found = indicators.find(event);
  if (found.length === 0) return;
  slots['unmapped.indicator.uid'] = found.map(({ id }) => id);
  slots['unmapped.indicator.name'] = found.map(({ title, source }) => `${title} (${source})`);
  slots['unmapped.indicator.confidence'] = Math.max(...found.map(({ confidence }) => confidence ?? unstatedConfidence));
}

function describeAddress(slots: Slots, address: string, { factsOf, anonymiserOf }: Registers): void {
  const anonymiser = anonymiserOf?.(address);
  if (anonymiser !== undefined) slots['unmapped.src_endpoint.anonymiser'] = anonymiser;
  const isStated =
    slots['src_endpoint.autonomous_system.number'] !== undefined &&
    slots['src_endpoint.autonomous_system.name'] !== undefined &&
    slots['src_endpoint.location.country'] !== undefined;
  if (isStated) return;
  const facts = factsOf(address);
  slots['src_endpoint.autonomous_system.number'] ??= facts.number;
  slots['src_endpoint.autonomous_system.name'] ??= facts.name;
  slots['src_endpoint.location.country'] ??= facts.country;
}

/** Changes when a file does. */
async function stampOf(files: EnrichmentFiles): Promise<string> {
  const stamps = pathsOf(files).map(async (path) => {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      return `${mtimeMs} ${size} ${ino}`;
    } catch {
      return 'absent';
    }
  });
  return (await Promise.all(stamps)).join('\n');
}

const pathsOf = ({ anonymisers, indicators, vendors, people }: EnrichmentFiles): readonly string[] =>
  [...anonymisers.map(({ path }) => path), ...indicators, vendors, people].filter((path) => path !== undefined);
