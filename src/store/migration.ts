import type { Engine } from './engine.ts';

/** A step forward; there is none back. */
export interface Migration {
  /** 1, 2, 3, ... without gaps. */
  readonly number: number;
  readonly name: string;
  readonly statements: (engine: Engine['kind']) => readonly string[];
}
