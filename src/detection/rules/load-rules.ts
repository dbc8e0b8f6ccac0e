import type { Event } from '#model/event.ts';
import type { Level } from '#model/finding.ts';

export interface Match { readonly rule: { readonly name: string; readonly id: string; readonly title: string; readonly level: Level; readonly tags: readonly string[]; readonly custom: unknown }; readonly events: readonly Event[]; readonly count: number }
export interface RuleSet { evaluate(event: Event): readonly Match[] }
