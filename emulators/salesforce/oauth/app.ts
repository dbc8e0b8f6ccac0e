import type { House } from '#emulators/house/house.ts';
import { hashOf } from '#lib/random.ts';

/** A connected app: who it is, as whom it runs, from where. */
export interface App {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  /** The CRM user that its tokens stand for. */
  readonly username: string;
  /** Networks in CIDR notation that its calls may come from; undefined: any. */
  readonly networks?: readonly string[];
  /** Life of an access token; two hours when absent. */
  readonly accessTokenMs?: number;
  /** Each refresh gives a new refresh token and ends the old one. */
  readonly rotatesRefreshTokens?: boolean;
  /** PEM of the key or certificate that signs its JWT assertions. */
  readonly publicKey?: string;
}

const letters = (seed: number, text: string, words: number): string =>
  Array.from({ length: words }, (_, at) => hashOf(seed, 'app', text, at).toString(36).padStart(7, '0')).join('');

/** One app for each integration of the house; their secrets follow from the seed and open nothing but an emulator. */
export const createApps = (house: House): readonly App[] =>
  house.integrations.map(({ app, user }) => ({
    clientId: `3MVG9${letters(house.seed, `${app.id} id`, 11)}`,
    clientSecret: letters(house.seed, `${app.id} secret`, 9).toUpperCase(),
    name: app.name,
    username: user.email,
  }));

/** What a user of the emulated CRM signs in with. */
export const passwordOf = (seed: number, username: string): string => letters(seed, `${username} password`, 3);
