/**
 * A SOQL query as data. Grammar: Salesforce, "SOQL and SOSL Reference", SOQL SELECT Syntax.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
 *
 * Names of objects, fields and aliases stand as written (SOQL compares them without case); keywords and function names
 * are upper case; `at` is the offset in the text, in UTF-16 units, where the part begins.
 */
export interface Soql {
  readonly select: readonly Selection[];
  /** The main object first; further ones are the old join notation `FROM Contact c, c.Account a`. */
  readonly from: readonly [Source, ...Source[]];
  /** USING SCOPE, e.g. `Mine`. */
  readonly scope: string | undefined;
  readonly where: Condition | undefined;
  readonly with: With | undefined;
  readonly groupBy: GroupBy | undefined;
  readonly having: Condition | undefined;
  readonly orderBy: readonly Ordering[];
  readonly limit: NumberLiteral | Bind | undefined;
  readonly offset: NumberLiteral | Bind | undefined;
  readonly allRows: boolean;
  readonly forPurposes: readonly ForPurpose[];
  readonly updates: readonly Update[];
}

export type ForPurpose = 'VIEW' | 'REFERENCE' | 'UPDATE';
export type Update = 'TRACKING' | 'VIEWSTAT';

export interface Source {
  /** `['Contact']`, or `['c', 'Account']` in join notation. */
  readonly path: readonly string[];
  readonly alias: string | undefined;
  readonly at: number;
}

export type Selection =
  | { readonly kind: 'column'; readonly operand: Operand; readonly alias: string | undefined }
  /** A child relationship: `(SELECT LastName FROM Contacts)`. */
  | { readonly kind: 'children'; readonly query: Soql }
  | TypeOf;

/** `TYPEOF What WHEN Account THEN Phone ELSE Name END` */
export interface TypeOf {
  readonly kind: 'typeof';
  readonly field: Field;
  readonly branches: readonly { readonly type: string; readonly fields: readonly Field[] }[];
  readonly otherwise: readonly Field[];
}

export type Operand = Field | Call;

export interface Field {
  readonly kind: 'field';
  /** `['Account', 'Owner', 'Name']` */
  readonly path: readonly string[];
  readonly at: number;
}

/** `COUNT()`, `FORMAT(MIN(Amount))`, `DISTANCE(Place__c, GEOLOCATION(48.8, 2.3), 'km')`, `FIELDS(ALL)`. */
export interface Call {
  readonly kind: 'call';
  /** Upper case. */
  readonly name: string;
  readonly arguments: readonly (Operand | NumberLiteral | StringLiteral | Bind)[];
  readonly at: number;
}

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | Comparison
  | Membership;

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE';

export interface Comparison {
  readonly kind: 'comparison';
  readonly left: Operand;
  readonly operator: ComparisonOperator;
  readonly right: Value;
}

export type MembershipOperator = 'IN' | 'NOT IN' | 'INCLUDES' | 'EXCLUDES';

export interface Membership {
  readonly kind: 'membership';
  readonly left: Operand;
  readonly operator: MembershipOperator;
  /** A list, a bound collection, or (IN and NOT IN only) a semi-join. */
  readonly right: { readonly kind: 'list'; readonly values: readonly Value[] } | Bind | SemiJoin;
}

export interface SemiJoin {
  readonly kind: 'semi-join';
  readonly query: Soql;
}

export type Value = StringLiteral | NumberLiteral | CurrencyLiteral | DateLiteral | RelativeDate | Constant | Bind;

/** Kept escaped, as between the quotes, because `\_` and `_` differ under LIKE. See `stringValue`. */
export interface StringLiteral {
  readonly kind: 'string';
  readonly escaped: string;
}

/** As written: `007`, `-1.50`, `1e3`. */
export interface NumberLiteral {
  readonly kind: 'number';
  readonly text: string;
}

/** `EUR5000.50`: ISO 4217 code and amount. */
export interface CurrencyLiteral {
  readonly kind: 'currency';
  readonly text: string;
}

/** `2026-11-23` or `2026-11-23T10:00:00.000Z` */
export interface DateLiteral {
  readonly kind: 'date' | 'dateTime';
  readonly text: string;
}

/** `TODAY`, `LAST_N_DAYS:30` */
export interface RelativeDate {
  readonly kind: 'relativeDate';
  readonly name: string;
  readonly count: string | undefined;
}

export interface Constant {
  readonly kind: 'constant';
  readonly value: boolean | null;
}

/** An Apex variable: `:ids`, `:request.ids` */
export interface Bind {
  readonly kind: 'bind';
  readonly path: readonly string[];
}

export type With =
  | { readonly kind: 'mode'; readonly mode: 'SECURITY_ENFORCED' | 'USER_MODE' | 'SYSTEM_MODE' }
  | { readonly kind: 'dataCategory'; readonly filters: readonly DataCategory[] }
  /** `WITH UserId = '005…'` of UserProfileFeed. */
  | { readonly kind: 'user'; readonly id: StringLiteral | Bind }
  | {
      readonly kind: 'recordVisibility';
      readonly settings: readonly { readonly name: string; readonly value: string }[];
    };

export interface DataCategory {
  readonly group: string;
  readonly operator: 'AT' | 'ABOVE' | 'BELOW' | 'ABOVE_OR_BELOW';
  readonly categories: readonly string[];
}

export interface GroupBy {
  readonly kind: 'plain' | 'ROLLUP' | 'CUBE';
  readonly operands: readonly Operand[];
}

export interface Ordering {
  readonly operand: Operand;
  readonly direction: 'ASC' | 'DESC' | undefined;
  readonly nulls: 'FIRST' | 'LAST' | undefined;
}
