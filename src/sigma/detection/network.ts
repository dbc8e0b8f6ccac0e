import ipaddr from 'ipaddr.js';
import { failure, type Result, success } from '#model/result.ts';

/**
 * A test whether a text is an address in the network (`10.0.0.0/8`, `2001:db8::/32`, or one address). An IPv4 address
 * written as IPv6 (`::ffff:10.0.0.1`) is both. The failure says what would do.
 */
export function compileNetwork(text: string): Result<(address: string) => boolean, string> {
  const alone = readAddress(text);
  const network = alone === undefined ? text : `${text}/${alone.kind() === 'ipv4' ? 32 : 128}`;
  const slash = network.lastIndexOf('/');
  if (!ipaddr.isValidCIDR(network) || readAddress(network.slice(0, slash)) === undefined)
    return failure('a network such as 10.0.0.0/8 or 2001:db8::/32');
  const [base, bits] = ipaddr.parseCIDR(network);
  const family = base.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  const first = family.networkAddressFromCIDR(network);
  if (first.toString() !== base.toString()) return failure(`a network without host bits: ${first}/${bits}`);
  return success((address) => {
    const found = readAddress(address);
    return found !== undefined && formsOf(found).some((form) => form.kind() === base.kind() && form.match(base, bits));
  });
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Not `10`, `0x7f.1` or `010.0.0.1`, which some take for addresses. */
function readAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return text.includes(':') && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}

function formsOf(address: Address): readonly Address[] {
  if (!(address instanceof ipaddr.IPv6)) return [address, address.toIPv4MappedAddress()];
  return address.isIPv4MappedAddress() ? [address, address.toIPv4Address()] : [address];
}
