import type { Level } from '#model/finding.ts';
import type { CallHead } from '../call.ts';
import type { Caller } from '../parts.ts';
import type { CompiledSender } from './compile-sender.ts';
import type { AccessToken, Family, Integration } from './integration.ts';
import type { ProofFault, VerifyProof } from './verify-proof.ts';

/** A token, or the right to ask for one, in other hands than its owner's. */
export interface Breach {
  readonly explanation: string;
  /** Undefined: no sign of theft, no notice. */
  readonly level: Level | undefined;
  /** 401 where asking for a new token helps; 503 where waiting does. */
  readonly status: 401 | 403 | 503;
}

/** What a new token is tied to. */
export interface Binding {
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Certificate, key or address: whether a second request comes from the same sender as the first. */
  readonly sender: string;
}

export type Scheme = 'bearer' | 'oauth' | 'dpop';

export interface SenderChecks {
  /** Whether this call may bear this token. */
  check(token: AccessToken, scheme: Scheme, head: CallHead, caller: Caller): Breach | undefined;
  /** Whether this caller may ask for tokens of the integration; `family` where it asks with a refresh token. */
  prove(
    integration: Integration,
    family: Family | undefined,
    head: CallHead,
    caller: Caller,
  ): { readonly ok: true; readonly binding: Binding } | { readonly ok: false; readonly breach: Breach };
}

/** Holds every tier to its proof: RFC 8705 section 3, RFC 9449 section 7, and networks named as the weaker tier. */
export function createSenderChecks(verifyProof: VerifyProof): SenderChecks {
  function check(token: AccessToken, scheme: Scheme, head: CallHead, caller: Caller): Breach | undefined {
    const { sender } = token.family.integration;
    if (!sender.isFromNetwork(caller.address)) return stolen(`came from ${caller.address}, outside its networks`);
    if (sender.tier === 'certificate') return checkCertificate(token, caller);
    if (sender.tier !== 'dpop') return scheme === 'dpop' ? mismatched : undefined;
    // RFC 9449 section 7.2: a token bound to a key is not taken as a bearer token.
    const proof = scheme === 'dpop' ? head.headers.get('dpop') : undefined;
    if (proof === undefined) return stolen(`is bound to a key and came from ${caller.address} without a proof (DPoP)`);
    const subject = { method: head.method, target: head.target, tokenHash: token.hash };
    const verified = verifyProof(proof, subject, (key) => key === token.key);
    if (verified.ok) return undefined;
    if (verified.key !== undefined && sender.keys.has(verified.key) && verified.key !== token.key) return otherOwn;
    return proofBreach(verified.fault, caller);
  }

  function prove(
    integration: Integration,
    family: Family | undefined,
    head: CallHead,
    caller: Caller,
  ): ReturnType<SenderChecks['prove']> {
    const { sender } = integration;
    const refuse = (breach: Breach): ReturnType<SenderChecks['prove']> => ({ ok: false, breach });
    const allow = (binding: Binding): ReturnType<SenderChecks['prove']> => ({ ok: true, binding });
    const { address, certificate } = caller;
    if (!sender.isFromNetwork(address)) return refuse(stolen(`came from ${address}, outside its networks`));
    if (sender.tier === 'certificate') {
      return certificate !== undefined && sender.certificates.has(certificate)
        ? allow({ certificate, key: undefined, sender: certificate })
        : refuse(stolen(`came from ${address} ${certificate ? 'with a foreign' : 'without its'} certificate`));
    }
    if (sender.tier !== 'dpop') return allow({ certificate: undefined, key: undefined, sender: address });
    const proof = head.headers.get('dpop');
    if (proof === undefined) return refuse(stolen(`came from ${address} without a proof (DPoP)`));
    const subject = { method: head.method, target: head.target, tokenHash: undefined };
    const verified = verifyProof(proof, subject, (key) => isOwnKey(integration, family, key));
    if (!verified.ok) return refuse(proofBreach(verified.fault, caller));
    return allow({ certificate: undefined, key: verified.key, sender: verified.key });
  }

  return { check, prove };
}

const stolen = (how: string): Breach => ({ explanation: how, level: 'high', status: 403 });

const mismatched: Breach = {
  explanation: 'came as a DPoP token but is bound to no key; send it as Bearer',
  level: undefined,
  status: 403,
};

const otherOwn: Breach = {
  explanation: 'came with another registered certificate or key than it was issued for',
  level: undefined,
  status: 401,
};

function checkCertificate(token: AccessToken, { certificate, address }: Caller): Breach | undefined {
  const { certificates } = token.family.integration.sender;
  const isRegistered = certificate !== undefined && certificates.has(certificate);
  if (isRegistered && certificate === token.certificate) return undefined;
  // Both keys are the owner's: it is changing over, and a new token will be bound to the new certificate.
  if (isRegistered) return otherOwn;
  if (certificate === undefined) return stolen(`is bound to a certificate and came from ${address} without one`);
  return stolen(`is bound to a certificate and came from ${address} with another`);
}

/** Whether a token given out before still fits the rule, as far as is known without a call. */
export function isStillBound(token: AccessToken, sender: CompiledSender): boolean {
  const { certificate, key, lastAddress } = token;
  if (sender.tier === 'certificate') return certificate !== undefined && sender.certificates.has(certificate);
  if (sender.tier === 'dpop') return key !== undefined && (sender.keys.size === 0 || sender.keys.has(key));
  return lastAddress === undefined || sender.isFromNetwork(lastAddress);
}

/** Keys known beforehand; where there are none, the key the family was first used with, whatever it was. */
function isOwnKey({ sender }: Integration, family: Family | undefined, key: string): boolean {
  if (sender.keys.size > 0) return sender.keys.has(key);
  return family === undefined || family.key === undefined || family.key === key;
}

const faults: Readonly<Record<ProofFault, Pick<Breach, 'level' | 'status'>>> = {
  malformed: { level: 'high', status: 403 },
  'other key': { level: 'high', status: 403 },
  'bad signature': { level: 'high', status: 403 },
  'other request': { level: 'high', status: 403 },
  'other token': { level: 'high', status: 403 },
  replayed: { level: 'high', status: 403 },
  // Usually a clock that is wrong, or a call that was under way while the gateway restarted.
  stale: { level: 'medium', status: 403 },
  crowded: { level: undefined, status: 503 },
};

const faultWords: Readonly<Record<ProofFault, string>> = {
  malformed: 'a proof that is none (DPoP)',
  'other key': 'a proof by another key (DPoP)',
  'bad signature': 'a proof whose signature is wrong (DPoP)',
  'other request': 'a proof made for another request (DPoP htm, htu)',
  'other token': 'a proof made for another token (DPoP ath)',
  replayed: 'a proof that was used before (DPoP jti)',
  stale: 'a proof too old, too far ahead, or made before the gateway started (DPoP iat)',
  crowded: 'more proofs than can be remembered',
};

const proofBreach = (fault: ProofFault, { address }: Caller): Breach => ({
  explanation: `is bound to a key and came from ${address} with ${faultWords[fault]}`,
  ...faults[fault],
});
