import { populations } from '#emulators/house/customers.ts';
import type { House } from '#emulators/house/house.ts';
import { brands } from '#emulators/house/places.ts';
import { dayOf, drawOf } from './draws.ts';
import { date, dateTime, idField, picklist, pointer, text, whole, yesNo } from './field.ts';
import { idsOf, rowOfId } from './record-ids.ts';
import type { Field, Table } from './table.ts';

const campaigns = 240;
const membersEach = 5_000;
const weekMs = 7 * 86_400_000;
const occasions = ['Spring preview', 'Private sale', 'High jewellery evening', 'Festive letter'] as const;

export function createCampaigns(now: number): Table {
  const idAt = idsOf('701');
  const startsAt = (row: number): number => dayOf(now - (campaigns - row) * weekMs);
  const members = (row: number) => ({ size: membersEach, rowAt: (at: number): number => row * membersEach + at });
  const fields: Field[] = [
    idField(idAt),
    yesNo('IsDeleted', () => false),
    text('Name', (row) => `${occasions[row % 4]} ${brands[row % 3]} ${row + 1}`, { length: 80, isNillable: false }),
    picklist('Status', (row) => (row < campaigns - 3 ? 'Completed' : 'In Progress')),
    date('StartDate', startsAt, { isAscending: true }),
    whole('NumberOfContacts', () => membersEach),
    yesNo('IsActive', (row) => row >= campaigns - 3),
    dateTime('CreatedDate', startsAt, { isNillable: false, isAscending: true }),
    dateTime('SystemModstamp', startsAt, { isNillable: false, isAscending: true }),
  ];
  return {
    name: 'Campaign',
    label: 'Campaign',
    plural: 'Campaigns',
    keyPrefix: '701',
    size: campaigns,
    fields,
    children: [{ relationship: 'CampaignMembers', table: 'CampaignMember', field: 'CampaignId', of: members }],
    idAt,
    rowOf: (id) => rowOfId('701', campaigns, id),
  };
}

export function createCampaignMembers(house: House, now: number): Table {
  const size = campaigns * membersEach;
  const draw = drawOf(house.seed, 'CampaignMember', 'contact');
  const idAt = idsOf('00v');
  const contactOf = (row: number): number => draw.below(row, populations.Contact);
  const campaignOf = (row: number): number => Math.floor(row / membersEach);
  const addedAt = (row: number): number => dayOf(now - (campaigns - campaignOf(row)) * weekMs);
  const rowsOfCampaign = (id: string): readonly number[] => {
    const campaign = rowOfId('701', campaigns, id);
    return campaign === undefined ? [] : Array.from({ length: membersEach }, (_, at) => campaign * membersEach + at);
  };
  const toContact = { relationship: 'Contact', table: 'Contact', rowOf: contactOf } as const;
  const toCampaign = { relationship: 'Campaign', table: 'Campaign', rowOf: campaignOf } as const;
  const fields: Field[] = [
    idField(idAt),
    yesNo('IsDeleted', () => false),
    pointer('CampaignId', toCampaign, idsOf('701'), rowsOfCampaign),
    pointer('ContactId', toContact, idsOf('003')),
    picklist('Status', (row) => draw.pick(row, ['Sent', 'Opened', 'Responded'])),
    yesNo('HasResponded', (row) => draw.pick(row, [false, false, true])),
    dateTime('CreatedDate', addedAt, { isNillable: false, isAscending: true }),
    dateTime('SystemModstamp', addedAt, { isNillable: false, isAscending: true }),
  ];
  return {
    name: 'CampaignMember',
    label: 'Campaign Member',
    plural: 'Campaign Members',
    keyPrefix: '00v',
    size,
    fields,
    children: [],
    idAt,
    rowOf: (id) => rowOfId('00v', size, id),
  };
}
