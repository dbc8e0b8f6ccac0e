import { hkdfSync } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { openSealed, type RandomBytes, seal } from '#vault/seal.ts';
import { together } from '#vault/together.ts';
import type { BrokerRecords } from './broker-records.ts';
import type { Binding } from './check-sender.ts';
import { hashOf } from './hashes.ts';
import type { HeldTokens } from './held-tokens.ts';
import type { AccessToken, Family, Integration, RefreshToken } from './integration.ts';
import { type TokenAnswer, tokenBody } from './oauth-answers.ts';
import type { Way } from './registration.ts';
import { newAccessToken, newId, newRefreshToken } from './token-texts.ts';

/**
 * How long a used refresh token may be shown again by the same sender. It then gets the very same answer, no new token:
 * an answer may be lost on the way, or two workers may ask at once, and cutting off either would teach vendors to switch
 * rotation off. A thief gains nothing by it: thief and owner then hold the same successor, and the second to use that
 * one after this time ends the family. The answer is kept sealed under a key made of the used token, of which the
 * gateway has only the hash, so it can be opened by nobody but who shows that token again; it survives a crash between
 * commit and answer.
 */
const repeatWithinMs = 10_000;
const sweptEveryMs = 60_000;

export interface IssueParts {
  readonly database: DatabaseSync;
  readonly records: BrokerRecords;
  readonly held: HeldTokens;
  readonly clock: () => number;
  readonly random: RandomBytes;
  readonly publicUrl: string;
}

export type IssueTokens = ReturnType<typeof createIssueTokens>;

/** Gives out tokens; every one is durable, as a hash, before its text is returned. */
export function createIssueTokens({ database, records, held, clock, random, publicUrl }: IssueParts) {
  let sweptAt = clock();
  const sweep = (now: number): void => {
    if (now - sweptAt < sweptEveryMs) return;
    sweptAt = now;
    held.sweep(now);
    records.sweep(now, now - repeatWithinMs);
    records.forgetActs(now);
  };

  const newFamily = (integration: Integration, way: Way, key?: string): Family => ({
    id: newId(random, 'family'),
    integration,
    way,
    openedAt: clock(),
    key,
    suspension: undefined,
    endedAt: undefined,
  });

  /** Made, not yet kept. */
  function makeAccess(family: Family, binding: Binding): { readonly token: AccessToken; readonly text: string } {
    const text = newAccessToken(random, family.integration.organization);
    const issuedAt = clock();
    const { certificate, key } = binding;
    const token: AccessToken = {
      id: newId(random, 'token'),
      hash: hashOf(text),
      family,
      issuedAt,
      expiresAt: issuedAt + family.integration.settings.accessMs,
      certificate,
      key,
      isRevoked: false,
      lastUsedAt: undefined,
      lastAddress: undefined,
    };
    return { token, text };
  }

  function makeRefresh(family: Family): { readonly token: Omit<RefreshToken, 'replaced'>; readonly text: string } {
    const text = newRefreshToken(random);
    const issuedAt = clock();
    const expiresAt = issuedAt + family.integration.settings.refreshMs;
    return { token: { id: newId(random, 'token'), hash: hashOf(text), family: family.id, issuedAt, expiresAt }, text };
  }

  const recordIssue = (token: AccessToken, binding: Binding, address: string): void =>
    records.record({
      at: token.issuedAt,
      by: `integration ${token.family.integration.name}`,
      act: 'got a token',
      subject: token.family.integration.name,
      details: {
        token: token.id,
        family: token.family.id,
        way: token.family.way,
        tier: token.family.integration.sender.tier,
        sender: binding.sender,
        address,
      },
    });

  const bodyOf = (
    integration: Integration,
    answer: Pick<TokenAnswer, 'accessToken' | 'refreshToken' | 'issuedAt' | 'clientSecret'>,
    scope: string,
  ) =>
    tokenBody(publicUrl, {
      ...answer,
      scope,
      isKeyBound: integration.sender.tier === 'dpop',
      organization: integration.organization,
      user: integration.user,
    });

  return {
    /** A refresh family with its first token, for the credentials shown at registration. Inside the caller's transaction. */
    openRefreshFamily(integration: Integration): { readonly family: Family; readonly text: string } {
      const family = newFamily(integration, 'refresh-token');
      const refresh = makeRefresh(family);
      records.saveFamily(family);
      records.addRefreshToken(refresh.token);
      return { family, text: refresh.text };
    },

    /** An access token without a refresh token. */
    signIn(integration: Integration, way: Way, binding: Binding, address: string, clientSecret: string | undefined) {
      sweep(clock());
      const known = held.familyOfWay(integration, way);
      const family = known ?? newFamily(integration, way);
      const access = makeAccess(family, binding);
      together(database, () => {
        if (known === undefined) records.saveFamily(family);
        records.addAccessToken(access.token);
        recordIssue(access.token, binding, address);
      });
      held.addFamily(family);
      held.addToken(access.token);
      const { issuedAt } = access.token;
      return bodyOf(integration, { accessToken: access.text, refreshToken: undefined, issuedAt, clientSecret }, 'api');
    },

    /** The next pair of a family; `text` is the refresh token shown. */
    refresh(family: Family, used: RefreshToken, text: string, binding: Binding, address: string, clientSecret: string) {
      const now = clock();
      sweep(now);
      const { integration } = family;
      const access = makeAccess(family, binding);
      const next = integration.settings.rotates ? makeRefresh(family) : undefined;
      const answer = { accessToken: access.text, refreshToken: next?.text, issuedAt: now, clientSecret };
      const body = bodyOf(integration, answer, 'api refresh_token');
      family.key ??= binding.key;
      together(database, () => {
        if (next === undefined) records.prolongRefreshToken(used.id, now + integration.settings.refreshMs);
        else {
          const sealed = sealAnswer(text, JSON.stringify(body), random);
          const by = { at: now, sender: binding.sender, successor: next.token.id, answer: sealed };
          if (!records.replaceRefreshToken(used.id, by)) throw new Error('a refresh token was replaced twice');
          records.addRefreshToken(next.token);
        }
        records.saveFamily(family);
        records.addAccessToken(access.token);
        recordIssue(access.token, binding, address);
      });
      held.addToken(access.token);
      return body;
    },

    /** The answer that the used token got, again; undefined when this is no lost answer but a reuse. */
    repeat(used: RefreshToken, text: string, binding: Binding): unknown {
      const { replaced } = used;
      if (replaced === undefined || clock() - replaced.at > repeatWithinMs) return undefined;
      if (replaced.sender !== binding.sender) return undefined;
      if (records.refreshTokenById(replaced.successor)?.replaced !== undefined) return undefined;
      const answer = openSealed(answerKey(text), replaced.answer, answerContext);
      return answer === undefined ? undefined : JSON.parse(Buffer.from(answer).toString());
    },
  };
}

const answerContext = Buffer.from('cordon refresh answer');
const answerKey = (text: string): Uint8Array => new Uint8Array(hkdfSync('sha256', text, '', answerContext, 32));
const sealAnswer = (text: string, body: string, random: RandomBytes): Uint8Array =>
  seal(answerKey(text), Buffer.from(body), answerContext, random);
