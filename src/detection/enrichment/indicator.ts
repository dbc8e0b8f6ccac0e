/** What an indicator speaks of in an event. */
export const subjects = ['address', 'user-agent', 'app', 'user', 'host'] as const;
export type Subject = (typeof subjects)[number];

/** One condition on an event. */
export interface Test {
  readonly subject: Subject;
  /**
   * `like`: `*` stands for any run of characters, `?` for one, a backslash before them for themselves; `within`: the
   * address lies in this network; `equal` of a host: the host or one below it. All without case.
   */
  readonly is: 'equal' | 'like' | 'within';
  readonly value: string;
}

/** What somebody published or found out: events of which all tests hold deserve a look. */
export interface Indicator {
  /** The id of its STIX object, or what tells it apart in its file. */
  readonly id: string;
  /** For people: what it is, e.g. `Tor exit used in the Drift theft`. */
  readonly title: string;
  /** Who says so. */
  readonly source: string;
  /** Event times, ms since 1970 UTC, from inclusive, to exclusive: addresses change hands. */
  readonly validFrom: number;
  readonly validUntil: number;
  /** 0 to 100; undefined not stated. STIX 2.1, section 3.2. */
  readonly confidence: number | undefined;
  /** The products whose events it is about, lower case; none: all. */
  readonly products: readonly string[];
  /** Any of these, of which each is all of its tests. */
  readonly alternatives: readonly (readonly Test[])[];
}

export interface IndicatorFault {
  /** Where in the file: `line 4`, or an object's id. */
  readonly where: string;
  readonly found: string;
  readonly expected: string;
}

export interface ReadIndicators {
  readonly indicators: readonly Indicator[];
  /** What could not be used, each told. */
  readonly faults: readonly IndicatorFault[];
}
