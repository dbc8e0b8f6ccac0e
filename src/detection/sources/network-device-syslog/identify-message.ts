/** What a message of a network device is, as far as its own marks say. */
export interface Message {
  readonly product: 'Cisco' | 'Huawei' | 'Juniper';
  /** Sigma's word for it: `aaa`, `bgp`, `ldp`; `system` for all else. */
  readonly service: string;
  /** `BGP-3-NOTIFICATION`, `BGP/3/BGP_AUTH_FAILED`. */
  readonly mnemonic: string | undefined;
  /** Who typed a command, where it says so. */
  readonly user: string | undefined;
}

/** Marks stand near the beginning, behind time, host and sequence numbers. */
const headLength = 512;

/**
 * Cisco IOS writes `%FACILITY-SEVERITY-MNEMONIC:`, Huawei VRP `%%01BGP/3/BGP_AUTH_FAILED(l)[7]:`, Junos names its
 * enterprise (`junos@2636`, RFC 5424) or the daemon that speaks. TACACS+ servers write what was typed on Cisco devices
 * as `service=shell ... cmd=...`.
 */
export function identifyMessage(line: string): Message | undefined {
  const head = line.slice(0, headLength);
  return ofHuawei(head) ?? ofCisco(head) ?? ofAccounting(head) ?? ofJunos(head);
}

function ofHuawei(head: string): Message | undefined {
  const [, mnemonic, module = ''] = /%%\d{2}((\w{1,32})\/\d\/\w{1,64})/.exec(head) ?? [];
  if (mnemonic === undefined) return undefined;
  const service = module === 'BGP' || module === 'LDP' ? module.toLowerCase() : 'system';
  return { product: 'Huawei', service, mnemonic, user: undefined };
}

function ofCisco(head: string): Message | undefined {
  const [, mnemonic, facility = ''] =
    /%(([A-Z][A-Z0-9_]{1,31}(?:-[A-Z0-9_]{1,31}){0,2})-[0-7]-\w{1,64}):/.exec(head) ?? [];
  if (mnemonic === undefined) return undefined;
  const user = /\bUser:(\S{1,64})\s+logged command:/.exec(head)?.[1]?.toLowerCase();
  return { product: 'Cisco', service: serviceOf(facility, head), mnemonic, user };
}

/** The port of BGP (179) or LDP (646) tells whose session a TCP message is about. */
function serviceOf(facility: string, head: string): string {
  if (/^(?:PARSER|AAA|TPLUS|TAC|HA_EM)/.test(facility)) return 'aaa';
  if (/\bbgp\b/i.test(head) || /[:(]179\b/.test(head)) return 'bgp';
  if (/\bldp\b/i.test(head) || /[:(]646\b/.test(head)) return 'ldp';
  return 'system';
}

function ofAccounting(head: string): Message | undefined {
  if (!/\bservice=shell\b/.test(head) || !/\bcmd=/.test(head)) return undefined;
  const user = /\buser=(\S{1,64})/.exec(head)?.[1]?.toLowerCase();
  return { product: 'Cisco', service: 'aaa', mnemonic: undefined, user };
}

function ofJunos(head: string): Message | undefined {
  const isJunos = head.includes('junos@2636') || /\s(?:rpd|mgd|chassisd|dcd|\/kernel|snmpd)(?:\[\d+\])?:\s/.test(head);
  if (!isJunos) return undefined;
  const mnemonic = /\b([A-Z]{2,10}(?:_[A-Z0-9]+){1,8})\b/.exec(head)?.[1];
  const service = mnemonic?.includes('BGP') || /[:+.]179\b/.test(head) ? 'bgp' : 'system';
  return { product: 'Juniper', service, mnemonic, user: undefined };
}
