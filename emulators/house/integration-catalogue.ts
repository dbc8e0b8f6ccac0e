import type { IntegrationKind, Job } from './integration-kinds.ts';

const dayMinutes = 1440;

type Part = Partial<Job> & Pick<Job, 'object'>;

const job = (part: Part): Job => ({
  by: 'rest',
  act: 'query',
  soql: '',
  fields: 12,
  rows: [1, 1],
  calls: [1, 1],
  rhythm: 'runs',
  everyMinutes: dayMinutes,
  offsetMinutes: 0,
  runMinutes: 1,
  ...part,
});

/** One row at a time, all day, as customers come. */
const shopHours = (calls: number, part: Part): Job => job({ rhythm: 'shop hours', calls: [calls, calls], ...part });
const clock = (calls: number, part: Part): Job => job({ rhythm: 'around the clock', calls: [calls, calls], ...part });
/** What changed since the run before, every so many minutes. */
const sync = (everyMinutes: number, part: Part): Job =>
  job({ everyMinutes, rows: [0, 180], calls: [1, 3], runMinutes: Math.min(4, everyMinutes / 3), ...part });
const nightly = (clockTime: string, part: Part): Job => job({ offsetMinutes: minutesOf(clockTime), ...part });

function minutesOf(clockTime: string): number {
  const [hours = 0, minutes = 0] = clockTime.split(':').map(Number);
  return hours * 60 + minutes;
}

const since = 'WHERE SystemModstamp > {since}';
const contactCore = 'SELECT Id, FirstName, LastName, Email, Phone, MailingCountry, SystemModstamp FROM Contact';
const contactKey = "SELECT Id, FirstName, LastName, Email FROM Contact WHERE Email = '{key}' LIMIT 1";
const contactWide =
  'SELECT Id, AccountId, FirstName, LastName, Salutation, Email, Phone, MobilePhone, Birthdate, MailingStreet, ' +
  'MailingCity, MailingPostalCode, MailingCountry, LeadSource, OwnerId, CreatedDate, SystemModstamp FROM Contact';
const accountWide = 'SELECT Id, Name, BillingCountry, TotalSpend__c, Segment__c, OwnerId, SystemModstamp FROM Account';
const orderWide = 'SELECT Id, AccountId, EffectiveDate, Status, TotalAmount, Store__c, SystemModstamp FROM Order';
const caseWide = 'SELECT Id, ContactId, Status, Origin, Priority, CreatedDate, ClosedDate, SystemModstamp FROM Case';

const aws = { frankfurt: '35.156', ireland: '52.18', paris: '15.188', virginia: '54.86' } as const;
const azure = { amsterdam: '20.50', dublin: '40.113' } as const;
const google = { belgium: '34.76', tokyo: '35.190' } as const;
const at = (block: string, iso: string) => ({ block, iso });

const perBrand: readonly IntegrationKind[] = [
  {
    kind: 'marketing',
    name: 'Courier Marketing Sync',
    per: 'brand',
    network: at(azure.dublin, 'IE'),
    userAgent: 'CourierSync/8.3 (okhttp/4.12.0)',
    apiVersion: '62.0',
    sessionHours: 12,
    jobs: [
      sync(15, { object: 'Contact', soql: `${contactCore} ${since}`, rows: [40, 900], calls: [1, 4], fields: 7 }),
      sync(60, {
        object: 'CampaignMember',
        soql: `SELECT Id, ContactId, Status FROM CampaignMember ${since}`,
        fields: 3,
      }),
    ],
  },
  {
    kind: 'commerce',
    name: 'Vitrine Commerce Orders',
    per: 'brand',
    network: at(aws.ireland, 'IE'),
    userAgent: 'Vitrine-Commerce/2026.9 (Java/21)',
    apiVersion: '60.0',
    sessionHours: 2,
    jobs: [
      clock(1500, { object: 'Order', act: 'write', fields: 0 }),
      clock(700, { object: 'Contact', soql: contactKey, fields: 4 }),
    ],
  },
  {
    kind: 'loyalty',
    name: 'Fidélis Loyalty',
    per: 'brand',
    network: at(google.belgium, 'BE'),
    userAgent: 'fidelis-connector/3.1 python-httpx/0.28',
    apiVersion: '61.0',
    sessionHours: 4,
    jobs: [
      shopHours(1100, { object: 'Account', act: 'retrieve', fields: 9 }),
      shopHours(500, { object: 'Account', act: 'write', fields: 0 }),
      sync(60, { object: 'Order', soql: `${orderWide} ${since}`, rows: [20, 700], fields: 7 }),
    ],
  },
  {
    kind: 'email',
    name: 'Missive Email',
    per: 'brand',
    network: at(aws.virginia, 'US'),
    userAgent: 'Missive/5.2',
    apiVersion: '59.0',
    sessionHours: 24,
    jobs: [
      nightly('04:40', {
        object: 'Contact',
        by: 'bulk',
        soql: `SELECT Id, Email, HasOptedOutOfEmail FROM Contact ${since}`,
        rows: [9000, 24000],
        fields: 3,
        runMinutes: 9,
      }),
      clock(300, { object: 'Contact', act: 'write', fields: 0 }),
    ],
  },
  {
    kind: 'survey',
    name: 'Echo Surveys',
    per: 'brand',
    network: at(aws.paris, 'FR'),
    userAgent: 'EchoSurveys/1.14 axios/1.11.0',
    apiVersion: '58.0',
    sessionHours: 8,
    jobs: [sync(60, { object: 'Case', soql: `${caseWide} WHERE ClosedDate > {since}`, rows: [0, 90], fields: 8 })],
  },
  {
    kind: 'appointments',
    name: 'Rendez Appointments',
    per: 'brand',
    network: at(google.belgium, 'BE'),
    userAgent: 'rendez/6.0 (Go-http-client/2.0)',
    apiVersion: '63.0',
    sessionHours: 2,
    jobs: [
      shopHours(420, { object: 'Contact', soql: contactKey, fields: 4 }),
      shopHours(380, { object: 'Event', act: 'write', fields: 0 }),
    ],
  },
  {
    kind: 'messaging',
    name: 'Pli Messaging',
    per: 'brand',
    network: at(aws.ireland, 'IE'),
    userAgent: 'pli-bridge/2.4 (node-fetch)',
    apiVersion: '62.0',
    sessionHours: 2,
    jobs: [
      shopHours(600, { object: 'Contact', act: 'retrieve', fields: 6 }),
      shopHours(600, { object: 'Task', act: 'write', fields: 0 }),
    ],
  },
  {
    kind: 'wishlist',
    name: 'Étoile Wishlist',
    per: 'brand',
    network: at(aws.frankfurt, 'DE'),
    userAgent: 'etoile-wishlist/0.9 undici',
    apiVersion: '64.0',
    sessionHours: 6,
    jobs: [clock(260, { object: 'Wishlist__c', act: 'write', fields: 0 })],
  },
];

const perRegion: readonly IntegrationKind[] = [
  {
    kind: 'tills',
    name: 'Comptoir Tills',
    per: 'region',
    network: at(azure.amsterdam, 'NL'),
    userAgent: 'Comptoir-POS-Hub/11.2 (.NET 9.0)',
    apiVersion: '60.0',
    sessionHours: 1,
    jobs: [
      shopHours(2200, { object: 'Order', act: 'write', fields: 0 }),
      shopHours(900, { object: 'Contact', soql: contactKey, fields: 4 }),
      nightly('01:35', {
        object: 'Account',
        soql: `${accountWide} ${since}`,
        rows: [1200, 2000],
        calls: [3, 6],
        fields: 7,
        runMinutes: 3,
      }),
    ],
  },
];

const perHouse: readonly IntegrationKind[] = [
  {
    kind: 'chat',
    name: 'Parlance Chat',
    per: 'house',
    network: at(aws.frankfurt, 'DE'),
    userAgent: 'Parlance-CRM-Connector/4.12 (node-fetch)',
    apiVersion: '61.0',
    sessionHours: 2,
    jobs: [
      clock(2600, { object: 'Contact', soql: contactKey, fields: 4 }),
      clock(1500, { object: 'Case', act: 'write', fields: 0 }),
      clock(1400, {
        object: 'Case',
        soql: "SELECT Id, CaseNumber, Subject, Status, CreatedDate FROM Case WHERE ContactId = '{id}' ORDER BY CreatedDate DESC LIMIT 10",
        rows: [0, 6],
        fields: 5,
      }),
    ],
  },
  {
    kind: 'phone',
    name: 'Standard Telephony',
    per: 'house',
    network: at(azure.dublin, 'IE'),
    userAgent: 'Standard-CTI/9.1',
    apiVersion: '58.0',
    clientName: 'StandardCTI/9.1',
    sessionHours: 12,
    jobs: [
      shopHours(1800, {
        object: 'Contact',
        by: 'soap',
        soql: "SELECT Id, Name, Phone FROM Contact WHERE Phone = '{phone}' LIMIT 3",
        fields: 3,
        rows: [0, 2],
      }),
      shopHours(1300, { object: 'Task', by: 'soap', act: 'write', fields: 0 }),
    ],
  },
  {
    kind: 'warehouse',
    name: 'Alambic Data Warehouse',
    per: 'house',
    network: at(aws.paris, 'FR'),
    userAgent: 'Alambic-ETL/7.6 (Java/21.0.4)',
    apiVersion: '63.0',
    sessionHours: 24,
    jobs: [
      nightly('01:00', {
        object: 'Contact',
        by: 'bulk',
        soql: `${contactWide} ${since}`,
        rows: [38000, 61000],
        fields: 17,
        runMinutes: 14,
      }),
      nightly('01:20', {
        object: 'Account',
        by: 'bulk',
        soql: `${accountWide} ${since}`,
        rows: [35000, 58000],
        fields: 7,
        runMinutes: 12,
      }),
      nightly('01:40', {
        object: 'Order',
        by: 'bulk',
        soql: `${orderWide} ${since}`,
        rows: [90000, 160000],
        fields: 7,
        runMinutes: 18,
      }),
      nightly('02:05', {
        object: 'Case',
        by: 'bulk',
        soql: `${caseWide} ${since}`,
        rows: [7000, 14000],
        fields: 8,
        runMinutes: 6,
      }),
    ],
  },
  {
    kind: 'ledger',
    name: 'Grand Livre Finance',
    per: 'house',
    network: at(azure.amsterdam, 'NL'),
    userAgent: 'GrandLivre-Connector/2.0 Apache-HttpClient/5.4',
    apiVersion: '57.0',
    clientName: 'GrandLivre/2.0',
    sessionHours: 24,
    jobs: [
      nightly('03:10', {
        object: 'Order',
        by: 'soap',
        soql: `${orderWide} ${since}`,
        rows: [1500, 2000],
        calls: [40, 70],
        fields: 7,
        runMinutes: 35,
      }),
    ],
  },
  {
    kind: 'insight',
    name: 'Belvédère Insight',
    per: 'house',
    network: at(google.belgium, 'BE'),
    userAgent: 'belvedere-extract/4.4 Python/3.12 aiohttp/3.12.15',
    apiVersion: '62.0',
    sessionHours: 6,
    jobs: [
      job({
        object: 'Account',
        soql: `${accountWide} ${since}`,
        everyMinutes: 360,
        offsetMinutes: 25,
        rows: [1600, 2000],
        calls: [6, 12],
        fields: 7,
        runMinutes: 6,
      }),
      job({
        object: 'Case',
        soql: `${caseWide} ${since}`,
        everyMinutes: 360,
        offsetMinutes: 40,
        rows: [900, 2000],
        calls: [2, 4],
        fields: 8,
        runMinutes: 3,
      }),
    ],
  },
  {
    kind: 'lake',
    name: 'Source Lakehouse Loader',
    per: 'house',
    network: at(google.belgium, 'BE'),
    userAgent: 'python-requests/2.32.4',
    apiVersion: '57.0',
    sessionHours: 12,
    jobs: [
      job({
        object: 'Order',
        by: 'bulk-tidy',
        soql: `${orderWide} ${since}`,
        everyMinutes: 720,
        offsetMinutes: 190,
        rows: [40000, 90000],
        fields: 7,
        runMinutes: 7,
      }),
      job({
        object: 'Contact',
        by: 'bulk-tidy',
        soql: `${contactWide} ${since}`,
        everyMinutes: 720,
        offsetMinutes: 205,
        rows: [20000, 32000],
        fields: 17,
        runMinutes: 6,
      }),
    ],
  },
  {
    kind: 'backup',
    name: 'Coffre Backup',
    per: 'house',
    network: at(aws.ireland, 'IE'),
    userAgent: 'Coffre-Backup/12.0',
    apiVersion: '64.0',
    sessionHours: 24,
    jobs: [
      nightly('22:15', {
        object: 'Case',
        soql: `SELECT FIELDS(ALL) FROM Case ${since} LIMIT 200`,
        rows: [150, 200],
        calls: [30, 50],
        fields: 44,
        runMinutes: 20,
      }),
      // Everything, once a week, page by page: 7.4 M contacts, 7.1 M accounts, 2.2 M cases at 2,000 rows a call.
      nightly('00:30', {
        object: 'Contact',
        weekday: 0,
        soql: `${contactWide} ORDER BY Id`,
        rows: [2000, 2000],
        calls: [3700, 3700],
        fields: 17,
        runMinutes: 310,
      }),
      nightly('06:00', {
        object: 'Account',
        weekday: 0,
        soql: `${accountWide} ORDER BY Id`,
        rows: [2000, 2000],
        calls: [3550, 3550],
        fields: 7,
        runMinutes: 280,
      }),
      nightly('11:00', {
        object: 'Case',
        weekday: 0,
        soql: `${caseWide} ORDER BY Id`,
        rows: [2000, 2000],
        calls: [1100, 1100],
        fields: 8,
        runMinutes: 110,
      }),
    ],
  },
  {
    kind: 'loader',
    name: 'Dataloader Bulk',
    per: 'house',
    network: at('193.252', 'FR'),
    userAgent: 'Salesforce Data Loader/64.0.2',
    apiVersion: '64.0',
    clientName: 'DataLoaderBulkUI/64.0.2',
    sessionHours: 24,
    jobs: [
      nightly('09:20', {
        object: 'Campaign',
        weekday: 2,
        by: 'bulk',
        soql: 'SELECT Id, Name, Status, StartDate FROM Campaign',
        rows: [180, 240],
        fields: 4,
        runMinutes: 2,
      }),
      nightly('14:05', {
        object: 'Account',
        weekday: 4,
        by: 'soap',
        soql: `${accountWide} WHERE Segment__c = 'Private sale'`,
        rows: [300, 1500],
        calls: [1, 2],
        fields: 7,
        runMinutes: 3,
      }),
    ],
  },
];

const shape = (
  kind: string,
  name: string,
  block: string,
  iso: string,
  userAgent: string,
  ...jobs: readonly Job[]
): IntegrationKind => ({
  kind,
  name,
  per: 'house',
  network: at(block, iso),
  userAgent,
  apiVersion: '62.0',
  sessionHours: 6,
  jobs,
});

const smaller: readonly IntegrationKind[] = [
  shape(
    'dashboards',
    'Panorama Dashboards',
    azure.dublin,
    'IE',
    'Panorama/2026.3',
    sync(60, {
      object: 'Opportunity',
      soql: `SELECT Id, StageName, Amount, CloseDate FROM Opportunity ${since}`,
      rows: [10, 400],
      fields: 4,
    }),
  ),
  shape(
    'golden-record',
    'Jumeau Golden Record',
    aws.frankfurt,
    'DE',
    'jumeau-mdm/5.5 (Java/17)',
    sync(30, { object: 'Contact', soql: `${contactWide} ${since}`, rows: [100, 1100], fields: 17 }),
    clock(400, { object: 'Contact', act: 'write' }),
  ),
  shape(
    'addresses',
    'Cadastre Address Check',
    azure.amsterdam,
    'NL',
    'Cadastre/3.3',
    clock(350, { object: 'Contact', act: 'retrieve', fields: 6 }),
  ),
  shape(
    'consent',
    'Accord Consent',
    aws.ireland,
    'IE',
    'accord-consent/2.2 okhttp/4.12.0',
    clock(800, { object: 'Individual', act: 'write' }),
    sync(60, { object: 'Contact', soql: `SELECT Id, Email, IndividualId FROM Contact ${since}`, fields: 3 }),
  ),
  shape(
    'provisioning',
    'Okta Provisioning',
    aws.virginia,
    'US',
    'Okta-Integrations',
    sync(60, {
      object: 'User',
      soql: `SELECT Id, Username, Email, IsActive, ProfileId, LastLoginDate FROM User ${since}`,
      rows: [0, 30],
      calls: [1, 1],
      fields: 6,
    }),
  ),
  shape(
    'signature',
    'Paraphe e-Signature',
    aws.paris,
    'FR',
    'Paraphe/7.0',
    shopHours(140, { object: 'Contact', act: 'retrieve', fields: 5 }),
  ),
  shape(
    'documents',
    'Imprimeur Documents',
    azure.dublin,
    'IE',
    'Imprimeur/4.1 (.NET 8.0)',
    shopHours(220, { object: 'Order', act: 'retrieve', fields: 20 }),
  ),
  shape(
    'slack',
    'Slack',
    aws.virginia,
    'US',
    'Slack-Salesforce/1.0',
    shopHours(260, { object: 'Case', act: 'retrieve', fields: 9 }),
  ),
  shape(
    'calendar',
    'Agenda Calendar Sync',
    azure.amsterdam,
    'NL',
    'AgendaSync/3.8',
    sync(30, {
      object: 'Event',
      soql: `SELECT Id, Subject, StartDateTime, EndDateTime, OwnerId FROM Event ${since}`,
      rows: [0, 120],
      fields: 5,
    }),
  ),
  shape(
    'guest-lists',
    'Cortège Guest Lists',
    aws.paris,
    'FR',
    'cortege/2.1 guzzlehttp/7',
    shopHours(160, { object: 'CampaignMember', act: 'write' }),
  ),
  shape(
    'repairs',
    'Établi Repairs',
    azure.amsterdam,
    'NL',
    'Etabli/6.4 (Java/17)',
    shopHours(480, { object: 'Case', act: 'write' }),
    shopHours(300, { object: 'Case', act: 'retrieve', fields: 12 }),
  ),
  shape(
    'carriers',
    'Relais Carriers',
    google.belgium,
    'BE',
    'relais-track/2.7 Go-http-client/2.0',
    clock(620, { object: 'Order', act: 'write' }),
  ),
  shape(
    'fraud',
    'Vigie Fraud Screening',
    aws.ireland,
    'IE',
    'vigie/3.0 okhttp/4.12.0',
    clock(540, { object: 'Order', act: 'retrieve', fields: 14 }),
  ),
  shape(
    'tax-free',
    'Détaxe Tax Free',
    azure.dublin,
    'IE',
    'detaxe/5.1',
    shopHours(190, { object: 'Order', act: 'retrieve', fields: 8 }),
  ),
  shape(
    'certificates',
    'Poinçon Certificates',
    aws.paris,
    'FR',
    'poincon/1.3 undici',
    shopHours(210, { object: 'Asset', act: 'write' }),
  ),
  shape(
    'recordings',
    'Écho Call Recordings',
    azure.dublin,
    'IE',
    'echo-recorder/2.2',
    shopHours(240, { object: 'Task', act: 'write' }),
  ),
  shape(
    'translation',
    'Truchement Translation',
    google.belgium,
    'BE',
    'truchement/1.9 Python/3.12 aiohttp/3.12.15',
    shopHours(130, { object: 'Case', act: 'retrieve', fields: 4 }),
  ),
  shape(
    'knowledge',
    'Savoir Knowledge Search',
    aws.frankfurt,
    'DE',
    'savoir/4.0',
    sync(60, {
      object: 'Knowledge__kav',
      soql: `SELECT Id, Title, UrlName FROM Knowledge__kav ${since}`,
      rows: [0, 12],
      calls: [1, 1],
      fields: 3,
    }),
  ),
  shape(
    'catalogue',
    'Herbier Product Catalogue',
    azure.amsterdam,
    'NL',
    'herbier-pim/8.0',
    sync(60, {
      object: 'Product2',
      soql: `SELECT Id, Name, ProductCode FROM Product2 ${since}`,
      rows: [0, 60],
      fields: 3,
    }),
  ),
  shape(
    'quality',
    'Tamis Data Quality',
    aws.ireland,
    'IE',
    'tamis/2.5 Python/3.11 aiohttp/3.12.15',
    nightly('05:10', {
      object: 'Contact',
      soql: `SELECT COUNT() FROM Contact WHERE Email = null`,
      rows: [1, 1],
      calls: [3, 3],
      fields: 1,
      runMinutes: 2,
    }),
    nightly('05:15', {
      object: 'Account',
      soql: 'SELECT COUNT() FROM Account WHERE BillingCountry = null',
      calls: [2, 2],
      fields: 1,
    }),
  ),
  shape(
    'log-collector',
    'Vigile Log Collector',
    aws.ireland,
    'IE',
    'vigile-collector/1.8 Go-http-client/2.0',
    job({
      object: 'EventLogFile',
      everyMinutes: 60,
      offsetMinutes: 12,
      soql: "SELECT Id, EventType, LogDate, LogFileLength FROM EventLogFile WHERE Interval = 'Hourly' AND CreatedDate > {since}",
      rows: [8, 20],
      calls: [1, 2],
      fields: 4,
      runMinutes: 2,
    }),
  ),
  shape(
    'forecast',
    'Augure Forecast',
    google.belgium,
    'BE',
    'augure/3.3 python-httpx/0.28',
    nightly('04:00', {
      object: 'Opportunity',
      soql: `SELECT Id, Amount, StageName, CloseDate, OwnerId FROM Opportunity ${since}`,
      rows: [1200, 2000],
      calls: [4, 9],
      fields: 5,
      runMinutes: 5,
    }),
  ),
  shape(
    'social',
    'Affiche Social Leads',
    aws.virginia,
    'US',
    'affiche-leads/2.0',
    clock(170, { object: 'Lead', act: 'write' }),
  ),
];

/** Sixty in all once each brand and region has its own (integrations.ts). */
export const kinds: readonly IntegrationKind[] = [...perBrand, ...perRegion, ...perHouse, ...smaller];
