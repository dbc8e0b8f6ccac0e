import type { Activity } from '#model/activity.ts';

interface Pattern {
  readonly activity: Activity;
  readonly form: RegExp;
}

/**
 * Actions, lower case, letters and digits only, as organisations have them; the first that fits. Their spellings are
 * documented nowhere in full and differ (`PermSetAssign_HasExpiration`, `unregisterdUserPhoneNumber`), so these look
 * for the telling part.
 */
const actions: readonly Pattern[] = [
  { activity: 'logout', form: /^su\w*logout$/ },
  { activity: 'login-as', form: /^su\w*login(?:accessused)?$|^sessiongen$/ },
  { activity: 'password-reset', form: /^(?:changed|reset|set)password$/ },
  {
    activity: 'factor-reset',
    form: /^(?:delete|remove|reset|disable|disconnect)\w*(?:twofactor|authenticator|webauthn|u2f|totp)|^unregister|^lightninglogincancel/,
  },
  {
    activity: 'factor-enrol',
    form: /^(?:insert|add|create|register|connect)\w*(?:twofactor|authenticator|webauthn|u2f|totp)|^registereduserphone|^lightningloginenrol/,
  },
  {
    activity: 'permission-change',
    form: /^permset|^permissionset|^setupentityaccess|^profile(?!mapping|filtering)|^changedprofile|^changedrole|^custompermission|^permissionselfhealing|delegatedgroup|^groupmembership|^loginas(?:granted|modified|revoked)|userpackagelicense$/,
  },
  {
    activity: 'app-create',
    form: /^(?:insert|create|install)\w*(?:connectedapp|externalclientapp)(?:lication)?$|^insertapplication$|^installedpackagingapp$|packageinstalled$/,
  },
  {
    activity: 'app-change',
    form: /connectedapp|externalclientapp|application(?!s?layout)|oauth(?!cors)|iprelaxation|userruntimeaccess|initialtoken|packagingapp$|stagedcredential/,
  },
  { activity: 'report-export', form: /^(?:data|scheduled|weekly)?export(?:requested)?$/ },
  {
    activity: 'account-change',
    form: /^(?:created|new|activated|deactivated|froze|unfroze|unlocked|changed|updated)\w*user(?:s|offon|onoff)?$|^(?:un)?froze|^changed(?:email|username|federationid|manager|communitynickname|delegateapprover)$|^changeduser|userdisabled$|^useremailchange/,
  },
];

/** The sentences that people read: all that a download from Setup has. */
const sentences: readonly Pattern[] = [
  { activity: 'logout', form: /^Logged out using Login-As/i },
  { activity: 'login-as', form: /^Logged in using Login-As|^Generated session id for/i },
  { activity: 'password-reset', form: /^(?:Set new|Reset|Changed) password for/i },
  {
    activity: 'factor-reset',
    form: /(?:Token|Security Key|Authenticator|verification (?:code|method)|credential)\b.* removed for|phone number .* (?:disconnected|removed)|^Canceled Lightning Login/i,
  },
  {
    activity: 'factor-enrol',
    form: /(?:Token|Security Key|Authenticator|verification (?:code|method)|credential)\b.* added for|phone number .* registered|^Enrolled .* in Lightning Login/i,
  },
  {
    activity: 'permission-change',
    form: /permission set|^Changed (?:the )?profile|^Created profile|custom permission|^Changed role for|delegated group|membership of Group|login access (?:through|to)|^(?:Granted|Revoked|Added) .*Package License/i,
  },
  {
    activity: 'app-create',
    form: /^(?:Created|Installed) (?:a )?(?:new )?(?:Connected App|External Client App)(?!.* (?:Certificate|session policy) )|^Installed AppExchange package|managed package .* was installed/i,
  },
  {
    activity: 'app-change',
    form: /Connected App|External Client App|AppExchange package|OAuth (?!endpoints)|^Enabled connected /i,
  },
  { activity: 'report-export', form: /^(?:Requested|Scheduled) an? (?:data )?export/i },
  {
    activity: 'account-change',
    form: /^Created new (?:\w+ )*User |^(?:Deactivated|Activated|Unlocked) user |^(?:Froze|Unfroze) user account|^For user |^Changed (?:email|username|nickname|federation id) for|^The (?:manager|delegate approver) for user|^User \S+ disabled as|^Email change attempted for user/i,
  },
];

/** What a change of Setup is about, by its Action and, where that is none or says nothing, by its sentence. */
export function classifyChange(action: string | undefined, sentence: string | undefined): Activity {
  const bare = action?.toLowerCase().replace(/[^a-z0-9]/g, '') ?? '';
  const byAction = actions.find(({ form }) => form.test(bare))?.activity;
  return byAction ?? sentences.find(({ form }) => form.test(sentence ?? ''))?.activity ?? 'setting-change';
}
