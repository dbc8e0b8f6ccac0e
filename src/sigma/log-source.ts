/** Where a rule applies, all in lower case; what is undefined it does not narrow. https://sigmahq.io/docs/basics/log-sources.html */
export interface LogSource {
  readonly product: string | undefined;
  readonly category: string | undefined;
  readonly service: string | undefined;
}

export const logSourceKeys = ['product', 'category', 'service'] as const satisfies readonly (keyof LogSource)[];

/** Whether everything that the wide one demands is so in the narrow one. */
export const includes = (wide: LogSource, narrow: LogSource): boolean =>
  logSourceKeys.every((key) => wide[key] === undefined || wide[key] === narrow[key]);

/** `product: okta, service: okta` */
export const describeLogSource = (source: LogSource): string =>
  logSourceKeys.flatMap((key) => (source[key] === undefined ? [] : [`${key}: ${source[key]}`])).join(', ') || 'any';
