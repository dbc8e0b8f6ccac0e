import { inWords } from '#lib/words.ts';

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** `8,412`, `2.2M`: for places where the width is scarce and the exact number stands elsewhere. */
export const compact = (value: number): string => (value < 10_000 ? inWords(value) : short.format(value));

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
/** `999 B`, `1.5 MB`: powers of 1,000. */
export function bytesInWords(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${byteUnits[step]}`;
}
