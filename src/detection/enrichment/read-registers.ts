import { readFile } from 'node:fs/promises';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { remember } from '../history/measures.ts';
import type { AddressFacts } from './address-facts.ts';
import { AddressSet } from './address-set.ts';
import type { Indicator, IndicatorFault } from './indicator.ts';
import { type Indicators, indexIndicators } from './indicators.ts';
import { type PeopleRegister, readPeopleRegister } from './people-register.ts';
import { readAddressList } from './read-address-list.ts';
import { readIndicatorTable } from './read-indicator-table.ts';
import { readStixBundle } from './read-stix-bundle.ts';
import { readVendorRegister, type VendorRegister } from './vendor-register.ts';

/** Files that people keep and refresh; whoever changes one need not restart anything. */
export interface EnrichmentFiles {
  /** Lists of anonymising services, e.g. `{ path: tor-exits.txt, kind: tor }`. */
  readonly anonymisers: readonly { readonly path: string; readonly kind: string }[];
  /** STIX 2.1 bundles (`.json`, `.stix`) and CSV files of indicators. */
  readonly indicators: readonly string[];
  /** YAML: which app is which third party's. */
  readonly vendors?: string | undefined;
  /** CSV: which names and ids are one person's. */
  readonly people?: string | undefined;
}

export interface Registers {
  /** By the address as text. */
  readonly factsOf: (address: string) => AddressFacts;
  /** Of what kind of anonymising service it is an exit; undefined where nobody keeps such lists. */
  readonly anonymiserOf: ((address: string) => string | undefined) | undefined;
  readonly indicators: Indicators;
  readonly vendors: VendorRegister | undefined;
  readonly personOf: PeopleRegister;
}

export interface ReadRegisters {
  readonly registers: Registers;
  /** Lines and objects that could not be used; the rest of their files is. */
  readonly faults: readonly Failure[];
}

/** Of a file; the first tell what is wrong with it. */
const mostFaults = 20;

/** Fails where a file cannot be read as a whole; what is wrong in single lines is in `faults`. */
export async function readRegisters(
  files: EnrichmentFiles,
  factsOf: (address: string) => AddressFacts,
): Promise<Result<ReadRegisters, readonly Failure[]>> {
  const reading = new RegisterReading();
  const services = await reading.addressLists(files.anonymisers);
  const indicators = await reading.indicators(files.indicators);
  const vendors = files.vendors === undefined ? undefined : await reading.vendors(files.vendors);
  const personOf = files.people === undefined ? () => undefined : await reading.people(files.people);
  if (reading.missing.length > 0) return failure(reading.missing);
  const facts = remember(factsOf);
  const anonymiser = remember((address) => services.find(address)[0]);
  const registers: Registers = {
    factsOf: (address) => facts(address).answer,
    anonymiserOf: files.anonymisers.length === 0 ? undefined : (address) => anonymiser(address).answer,
    indicators,
    vendors,
    personOf,
  };
  return success({ registers, faults: reading.faults });
}

/** Reads one file after the other and keeps what was wrong with each. */
class RegisterReading {
  /** Single lines and objects. */
  readonly faults: Failure[] = [];
  /** Whole files. */
  readonly missing: Failure[] = [];

  async addressLists(files: EnrichmentFiles['anonymisers']): Promise<AddressSet<string>> {
    const services = new AddressSet<string>();
    for (const { path, kind } of files) {
      const unread = readAddressList(await this.#text(path), kind, services);
      const told = { found: 'something else', expected: 'an address or a network' };
      this.#tell(
        path,
        unread.map((line) => ({ where: `line ${line}`, ...told })),
      );
    }
    return services;
  }

  async indicators(paths: readonly string[]): Promise<Indicators> {
    const all: Indicator[] = [];
    for (const path of paths) {
      const text = await this.#text(path);
      const read = text.trimStart().startsWith('{') ? readStixBundle(text, path) : readIndicatorTable(text, path);
      all.push(...read.indicators);
      this.#tell(path, read.faults);
    }
    const { indicators, faults } = indexIndicators(all);
    this.#tell('indicators', faults);
    return indicators;
  }

  async vendors(path: string): Promise<VendorRegister | undefined> {
    const read = readVendorRegister(await this.#text(path), path);
    if (read.ok) return read.value;
    this.missing.push(...read.failure);
    return undefined;
  }

  async people(path: string): Promise<PeopleRegister> {
    const { personOf, faults } = readPeopleRegister(await this.#text(path));
    this.#tell(path, faults);
    return personOf;
  }

  async #text(path: string): Promise<string> {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      this.missing.push({ kind: 'invalid', where: path, found, expected: 'a file that can be read' });
      return '';
    }
  }

  #tell(path: string, faults: readonly IndicatorFault[]): void {
    for (const fault of faults.slice(0, mostFaults))
      this.faults.push({ ...fault, kind: 'invalid', where: `${path} ${fault.where}` });
  }
}
