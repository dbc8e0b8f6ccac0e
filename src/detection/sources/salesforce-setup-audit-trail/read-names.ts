import type { Slots } from '#model/event.ts';

/** The app, in the words of Setup: a name within quotes or up to the words that follow it. */
const apps: readonly RegExp[] = [
  // Installed Connected App My Ticket Portal to Salesforce · Created Connected App "Nightly Sync"
  /^(?:Installed|Uninstalled|Created|Deleted|Blocked|Unblocked|Updated) (?:a )?(?:new )?(?:Connected App(?:lication)?|External Client App)(?! Certificate| session policy):? "?(.+?)"?(?: (?:to|from|in) Salesforce)?$/i,
  // Changed connected app Nightly Sync IP relaxation setting from …
  /^Changed connected app "?(.+?)"? (?:IP relaxation|scopes|Permitted Users|refresh token|session)/i,
  // Changed the Nightly Sync connected app setting Require …
  /^Changed the "?(.+?)"? connected app setting /i,
  // Changed permission set Clerks: Nightly Sync connected app is enabled
  /: (.+?) connected app is (?:en|dis)abled/i,
  // Generated a new initial access token for connected app Nightly Sync
  / for (?:the )?connected app "?(.+?)"?$/i,
  // … to app Nightly Sync (AppID: [0H4…])
  / to app (.+?) \(AppID: /i,
  /AppExchange package: (.+)$/i,
  /managed package "(.+?)"/i,
  /^Enabled connected (.+?) OAuth/i,
];

const permissionSets: readonly RegExp[] = [
  // Permission set Clerks: assigned to user … · Changed permission set Clerks: … · Created permission set Clerks
  /permission set (?:group |license )?"?([^:"]+?)"?(?: with expiration)?(?::| assigned| unassigned| removed|$)/i,
];

const profiles: readonly RegExp[] = [
  // Changed profile for user Anna Moser from Clerk to System Administrator
  /^Changed profile for user .+ from .+ to (.+)$/i,
  /^Changed (?:the )?profile (?!for user)([^:]+):/i,
];

const users: readonly RegExp[] = [
  // For user anna@house.example, the phone number … · Changed email for user Anna Moser (UserID: [005…]) from …
  /\bfor user:? (.+?)(?= \(UserID|,| from | changed\b|$)/i,
  // … assigned to user Anna Moser (UserID: [005…])
  /\b(?:to|from) user (.+?)(?= \(UserID|,|$)/i,
  /^Created new (?:\w+ )*?User:? (.+)$/i,
  /^(?:Deactivated|Activated|Unlocked) user (.+?)(?= \(UserID|$)/i,
  /^(?:Froze|Unfroze) user account for (.+)$/i,
  /\bLogin-As access for (.+)$/i,
  /^Generated session id for (.+)$/i,
  // Time-Based Token added for anna@house.example
  /\b(?:added|removed) for (\S+@\S+)$/i,
  /^(?:Enrolled|Canceled) (?:Lightning Login for )?(.+?)(?: in Lightning Login)?$/i,
  /^User (\S+) disabled as/i,
  // Changed username for 005… from anna@house.example to …
  /^Changed username for \w+ from (\S+)/i,
];

const firstMatch = (forms: readonly RegExp[], text: string): string | undefined => {
  for (const form of forms) {
    const match = form.exec(text)?.[1];
    if (match !== undefined) return match.trim();
  }
  return undefined;
};

/** Sets the names that a sentence of Setup gives: the app or permission set changed, the user it happens to. */
export function setNames(slots: Slots, sentence: string): void {
  const app = firstMatch(apps, sentence);
  const permissionSet = app === undefined ? firstMatch(permissionSets, sentence) : undefined;
  const profile = app === undefined && permissionSet === undefined ? firstMatch(profiles, sentence) : undefined;
  slots['entity.name'] = app ?? permissionSet ?? profile;
  if (app !== undefined) slots['entity.type'] = 'app';
  else if (permissionSet !== undefined) slots['entity.type'] = 'permission set';
  else if (profile !== undefined) slots['entity.type'] = 'profile';
  slots['entity.uid'] = /\(AppID: \[(\w+)\]\)/.exec(sentence)?.[1];
  slots['user.name'] = firstMatch(users, sentence)?.toLowerCase();
  slots['user.uid'] =
    /\(UserID: \[(\w+)\]\)/.exec(sentence)?.[1] ?? /^Changed username for (005\w+) /.exec(sentence)?.[1];
}
