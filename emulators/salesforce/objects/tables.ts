import type { House } from '#emulators/house/house.ts';
import { createAccounts } from './account.ts';
import { createCampaignMembers, createCampaigns } from './campaign.ts';
import { createCases } from './case.ts';
import { createContacts } from './contact.ts';
import { createOrders } from './order.ts';
import { createOrganization, createProducts, createUsers, type Staff } from './staff.ts';
import type { Table } from './table.ts';

/** The objects of the house's CRM by lower-case name. */
export type Tables = ReadonlyMap<string, Table>;

/** `now` (ms UTC) is the moment up to which the house has lived: no row is younger. */
export function createTables(house: House, staff: Staff, now: number): Tables {
  const tables = [
    createAccounts(house, staff, now),
    createCampaigns(now),
    createCampaignMembers(house, now),
    createCases(house, staff, now),
    createContacts(house, staff, now),
    createOrders(house, staff, now),
    createOrganization(house),
    createProducts(house, now),
    createUsers(house, staff, now),
  ];
  return new Map(tables.map((table) => [table.name.toLowerCase(), table]));
}
