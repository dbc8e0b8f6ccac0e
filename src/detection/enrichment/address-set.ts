import { type ParsedAddress, parseAddress } from './parse-address.ts';

const bitsOf = { ipv4: 32, ipv6: 128 } as const;

/** Addresses and networks, each with what is said of it. A look-up costs one step for each length of network in it. */
export class AddressSet<Value> {
  /** By kind and length of prefix, by the prefix's bits. */
  readonly #networks = new Map<string, { readonly shift: bigint; readonly values: Map<bigint, Value[]> }>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Takes `192.0.2.1`, `192.0.2.0/24` or their IPv6 forms; false for anything else. Host bits are ignored. */
  add(text: string, value: Value): boolean {
    const [address = '', length] = text.split('/');
    const parsed = parseAddress(address);
    if (parsed === undefined) return false;
    const bits = bitsOf[parsed.kind];
    // Of an IPv4 network written as IPv6 the length counts the longer form's bits.
    const isMapped = parsed.kind === 'ipv4' && address.includes(':');
    const prefix = length === undefined ? bits : Number(length) - (isMapped ? 96 : 0);
    if (length !== undefined && !/^\d{1,3}$/.test(length)) return false;
    if (prefix < 0 || prefix > bits) return false;
    const key = `${parsed.kind}/${prefix}`;
    const network = this.#networks.get(key) ?? { shift: BigInt(bits - prefix), values: new Map<bigint, Value[]>() };
    this.#networks.set(key, network);
    const start = parsed.number >> network.shift;
    network.values.set(start, [...(network.values.get(start) ?? []), value]);
    this.#size += 1;
    return true;
  }

  /** What is said of the address and of the networks it lies in. */
  find(address: string): readonly Value[] {
    const parsed = this.#size === 0 ? undefined : parseAddress(address);
    return parsed === undefined ? [] : this.#findParsed(parsed);
  }

  #findParsed({ kind, number }: ParsedAddress): readonly Value[] {
    const found: Value[] = [];
    for (const [key, { shift, values }] of this.#networks)
      if (key.startsWith(kind)) found.push(...(values.get(number >> shift) ?? []));
    return found;
  }
}
