import { populations } from '#emulators/house/customers.ts';
import type { House } from '#emulators/house/house.ts';
import { agesOf, dayOf, drawOf } from './draws.ts';
import { date, dateTime, idField, money, picklist, pointer, text, yesNo } from './field.ts';
import { idsOf, rowOfId } from './record-ids.ts';
import type { Staff } from './staff.ts';
import type { Field, Table } from './table.ts';

const size = populations.Order;
const accounts = populations.Account;
const states = ['Activated', 'Draft', 'Shipped', 'Returned'] as const;

/** Orders go round all accounts, again and again. */
const accountOfOrder = (row: number): number => row % accounts;

/** The orders of account number `account`: five or six. */
export function ordersOfAccount(account: number): readonly number[] {
  const rows: number[] = [];
  for (let row = account; row < size; row += accounts) rows.push(row);
  return rows;
}

export function createOrders(house: House, staff: Staff, now: number): Table {
  const draw = drawOf(house.seed, 'Order', 'amount');
  const ages = agesOf(drawOf(house.seed, 'Order', 'age'), now, size, 6, 300);
  const idAt = idsOf('801');
  const reference = { relationship: 'Account', table: 'Account', rowOf: accountOfOrder } as const;
  const rowsOfAccount = (id: string): readonly number[] => {
    const row = rowOfId('001', accounts, id);
    return row === undefined ? [] : ordersOfAccount(row);
  };
  // Whole cents from 40.00 to some thousands, most of them small.
  const amount = (row: number): number => Math.round(4000 * (1 - draw.fraction(row)) ** -0.8) / 100;
  const fields: Field[] = [
    idField(idAt),
    yesNo('IsDeleted', () => false),
    pointer('AccountId', reference, idsOf('001'), rowsOfAccount),
    text('OrderNumber', (row) => String(row).padStart(10, '0'), { length: 30, isNillable: false, isAscending: true }),
    date('EffectiveDate', (row) => dayOf(ages.createdAt(row)), { isAscending: true }),
    picklist('Status', (row) => (draw.word(row) % 20 === 0 ? draw.pick(row, states) : states[0]), { values: states }),
    picklist('Type', () => null),
    money('TotalAmount', amount),
    text('Store__c', (row) => house.shops[draw.word(row) % house.shops.length]!.name),
    pointer('OwnerId', staff.adviser('Owner', 'Order'), staff.idAt),
    dateTime('CreatedDate', ages.createdAt, { isNillable: false, isAscending: true }),
    dateTime('LastModifiedDate', ages.changedAt, { isNillable: false }),
    dateTime('SystemModstamp', ages.changedAt, { isNillable: false }),
  ];
  return {
    name: 'Order',
    label: 'Order',
    plural: 'Orders',
    keyPrefix: '801',
    size,
    fields,
    children: [],
    idAt,
    rowOf: (id) => rowOfId('801', size, id),
  };
}
