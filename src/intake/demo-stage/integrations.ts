/** One integration of the demonstration house that was moved behind the gateway. */
export interface StageIntegration {
  readonly name: string;
  /** The house's app that it is. */
  readonly app: string;
  readonly owner: string;
  readonly vendor: string;
  readonly sender: { readonly tier: string; readonly networks?: readonly string[] };
  readonly policy: string;
  /** What it does all day: a query each so many ms, for `rows` records from somewhere in the house. */
  readonly everyMs: number;
  readonly rows: readonly [least: number, most: number];
  readonly query: string;
}

const thisMachine = { tier: 'network', networks: ['127.0.0.0/8'] };

const policyOf = (
  name: string,
  why: string,
  fields: string,
  budgets: readonly string[],
): string => `integration: ${name}
why: ${why}
objects:
  Contact:
    customer: Id
    fields: [${fields}]
operations: [query, bulk, describe]
hours: always
networks: any
budgets:
${budgets.map((budget) => `  - ${budget}`).join('\n')}
`;

/** Four of the sixty; the chat vendor cannot bind its token, and the policy knows it: its budget is small. */
export const stageIntegrations: readonly StageIntegration[] = [
  {
    name: 'courier-marketing',
    app: 'Courier Marketing Sync',
    owner: 'Camille Roy, CRM marketing',
    vendor: 'Courier',
    sender: thisMachine,
    policy: policyOf(
      'courier-marketing',
      'Keeps the newsletter lists in step with the CRM',
      'FirstName, LastName, Email, Phone, MailingCountry',
      ['60,000 records per hour', '55,000 customers per hour'],
    ),
    everyMs: 9_000,
    rows: [40, 160],
    query: 'SELECT Id, FirstName, LastName, Email, Phone, MailingCountry FROM Contact',
  },
  {
    name: 'wishlist',
    app: 'Étoile Wishlist',
    owner: 'Jonas Weber, e-commerce',
    vendor: 'house',
    sender: thisMachine,
    policy: policyOf('wishlist', 'Shows advisers what their clients saved', 'FirstName, LastName, Email', [
      '20,000 records per hour',
    ]),
    everyMs: 5_000,
    rows: [1, 40],
    query: 'SELECT Id, FirstName, LastName, Email FROM Contact',
  },
  {
    name: 'warehouse-sync',
    app: 'Alambic Data Warehouse',
    owner: 'Mei Tanaka, data platform',
    vendor: 'house',
    sender: thisMachine,
    policy: policyOf(
      'warehouse-sync',
      'Copies changed customers to the data warehouse',
      'FirstName, LastName, MailingCity, MailingCountry, TotalSpend__c',
      ['200,000 records per hour'],
    ),
    everyMs: 36_000,
    rows: [1200, 2000],
    query: 'SELECT Id, FirstName, LastName, MailingCity, MailingCountry, TotalSpend__c FROM Contact',
  },
  {
    name: 'parlance-chat',
    app: 'Parlance Chat',
    owner: 'Ada Lindqvist, client services',
    vendor: 'Parlance',
    sender: { tier: 'unbound' },
    policy: policyOf(
      'parlance-chat',
      'Shows advisers who is writing. The vendor cannot bind its token, so the budget is small',
      'FirstName, LastName, Email, Phone, TotalSpend__c',
      ['3,000 records per hour'],
    ),
    everyMs: 4_000,
    rows: [1, 4],
    query: 'SELECT Id, FirstName, LastName, Email FROM Contact',
  },
];

/** Whose token the thief of the demonstration holds. */
export const stolen = 'parlance-chat';
