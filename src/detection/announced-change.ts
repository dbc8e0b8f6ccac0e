import type { Grant } from '#model/finding.ts';

/** Work that people said beforehand would happen: what these grants do meanwhile is recorded and opens nothing. */
export interface AnnouncedChange {
  /** App name or id, `*` for any run of characters, upper and lower case alike; absent means any app. */
  readonly app?: string | undefined;
  /** Sign-in name, user id, or the address of a machine; likewise. Absent means any. */
  readonly user?: string | undefined;
  /** ms since 1970 UTC, from inclusive, to exclusive. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** The announced change that covers this grant at this moment, if one does. */
export function findAnnouncedChange(
  changes: readonly AnnouncedChange[],
  grant: Grant,
  time: number,
): AnnouncedChange | undefined {
  return changes.find(
    (change) =>
      time >= change.from &&
      time < change.to &&
      (change.app !== undefined || change.user !== undefined) &&
      covers(change.app, grant.appUid, grant.appName) &&
      covers(change.user, grant.userUid, grant.userName, grant.address),
  );
}

function covers(pattern: string | undefined, ...names: readonly (string | undefined)[]): boolean {
  if (pattern === undefined) return true;
  const parts = pattern.toLowerCase().split('*');
  return names.some((name) => name !== undefined && matchesParts(name.toLowerCase(), parts));
}

/** Whether the text is the parts in order with anything between them. */
function matchesParts(text: string, parts: readonly string[]): boolean {
  if (parts.length === 1) return text === parts[0];
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
