/** Inks of the stream, the largest current first. */
const inks = [0.78, 0.56, 0.4, 0.28, 0.19, 0.12] as const;

export const inkOf = (place: number): number => inks[Math.min(place, inks.length - 1)]!;
