import { inWords } from '#lib/words.ts';

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** `8,412`, `2.2M`: for places where the width is scarce and the exact number stands elsewhere. */
export const compact = (value: number): string => (value < 10_000 ? inWords(value) : short.format(value));

export const percent = (share: number): string => `${Math.round(share * 100)} %`;
