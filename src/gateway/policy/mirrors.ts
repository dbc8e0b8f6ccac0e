import { overlapping } from '../requests/compound-fields.ts';
import { deniedWith } from './denied-fields.ts';
import type { ObjectPolicy, Policy } from './policy.ts';

/**
 * Where fields of Contact can be read besides. Salesforce Object Reference: Case (`ContactEmail` "displays the Email field
 * on the contact that is referenced by Case.ContactId"; `Supplied…` is what the person gave by Web-to-Case), Account
 * ("Person Account Fields", `Person…`), CampaignMember (fields of its contact or lead), EmailMessage (addresses), Lead
 * (what conversion copied stays with the lead).
 */
const mirrorsOfContact: Readonly<Record<string, readonly string[]>> = {
  Email: [
    'Case.ContactEmail',
    'Case.SuppliedEmail',
    'Account.PersonEmail',
    'CampaignMember.Email',
    'EmailMessage.FromAddress',
    'EmailMessage.ToAddress',
    'Lead.Email',
  ],
  Phone: ['Case.ContactPhone', 'Case.SuppliedPhone', 'CampaignMember.Phone', 'Lead.Phone'],
  MobilePhone: ['Case.ContactMobile', 'Account.PersonMobilePhone', 'CampaignMember.MobilePhone', 'Lead.MobilePhone'],
  Fax: ['Case.ContactFax', 'CampaignMember.Fax', 'Lead.Fax'],
  HomePhone: ['Account.PersonHomePhone'],
  OtherPhone: ['Account.PersonOtherPhone'],
  Birthdate: ['Account.PersonBirthdate'],
  FirstName: ['Account.FirstName', 'CampaignMember.FirstName', 'Lead.FirstName'],
  LastName: ['Case.SuppliedName', 'Account.LastName', 'CampaignMember.LastName', 'Lead.LastName'],
  MailingAddress: ['Account.PersonMailingAddress'],
  OtherAddress: ['Account.PersonOtherAddress'],
};

/** A field that the policy lets be read, and the one of Contact that it leaves out and that shows there. */
export interface OpenMirror {
  readonly mirror: string;
  readonly of: string;
}

/** What the policy leaves out of Contact and lets be read elsewhere; nothing where it does not name Contact. */
export function openMirrors({ objects }: Policy): readonly OpenMirror[] {
  const contact = objectNamed(objects, 'Contact');
  if (contact === undefined) return [];
  return [...Object.entries(mirrorsOfContact), ...customMirrors(contact, objects)].flatMap(([field, mirrors]) =>
    mirrors
      .filter((mirror) => {
        const [object = '', name = ''] = mirror.split('.');
        const holder = objectNamed(objects, object);
        return holder !== undefined && shows(contact, field, holder, name);
      })
      .map((mirror) => ({ mirror, of: field })),
  );
}

/** Custom fields of Contact stand on person accounts with `__pc`: Object Reference, "Person Account Fields". */
function customMirrors(contact: ObjectPolicy, objects: readonly ObjectPolicy[]): [string, readonly string[]][] {
  const account = objectNamed(objects, 'Account')?.fields ?? [];
  const named = account === 'all' ? [] : account.filter((field) => /__pc$/i.test(field));
  const stems = [...contact.denied.filter((field) => /__c$/i.test(field)), ...named].map((field) =>
    field.replace(/__p?c$/i, ''),
  );
  return [...new Set(stems)].map((stem) => [`${stem}__c`, [`Account.${stem}__pc`]]);
}

/** Whether one may be read and the other not, an address also by one of its parts. */
function shows(contact: ObjectPolicy, field: string, holder: ObjectPolicy, mirror: string): boolean {
  const prefix = mirror.endsWith(field) ? mirror.slice(0, mirror.length - field.length) : undefined;
  const parts = prefix === undefined || !field.endsWith('Address') ? [] : overlapping(field.toLowerCase());
  return [[field, mirror], ...parts.map((part) => [part, `${prefix}${part}`])].some(
    ([own, other]) => !mayRead(contact, own!) && mayRead(holder, other!),
  );
}

const objectNamed = (objects: readonly ObjectPolicy[], name: string): ObjectPolicy | undefined =>
  objects.find((object) => object.name.toLowerCase() === name.toLowerCase());

function mayRead({ fields, denied }: ObjectPolicy, field: string): boolean {
  const name = field.toLowerCase();
  if (deniedWith(denied).has(name)) return false;
  return (
    fields === 'all' ||
    fields.some((each) => each.toLowerCase() === name || overlapping(name).includes(each.toLowerCase()))
  );
}
