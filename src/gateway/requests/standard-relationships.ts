/**
 * Which object a relationship name leads to, parents first, then child lists. Object Reference for the Salesforce
 * Platform, "Relationships" of each standard object. What may lead to several objects is not here.
 */
const standard: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Account: {
    ...{ Parent: 'Account', Owner: 'User', PersonContact: 'Contact' },
    ...{ ChildAccounts: 'Account', Contacts: 'Contact', Cases: 'Case', Orders: 'Order', Opportunities: 'Opportunity' },
    ...{ Contracts: 'Contract', Assets: 'Asset', Tasks: 'Task', Events: 'Event' },
    ...{ AccountContactRelations: 'AccountContactRelation', AccountContactRoles: 'AccountContactRole' },
  },
  AccountContactRelation: { Account: 'Account', Contact: 'Contact' },
  AccountContactRole: { Account: 'Account', Contact: 'Contact' },
  Asset: { Account: 'Account', Contact: 'Contact', Product2: 'Product2', Owner: 'User', Parent: 'Asset' },
  Campaign: { Parent: 'Campaign', Owner: 'User', CampaignMembers: 'CampaignMember' },
  CampaignMember: { Campaign: 'Campaign', Contact: 'Contact', Lead: 'Lead', Account: 'Account' },
  Case: {
    ...{ Account: 'Account', Contact: 'Contact', Parent: 'Case', Asset: 'Asset' },
    ...{ Cases: 'Case', CaseComments: 'CaseComment', EmailMessages: 'EmailMessage', Tasks: 'Task', Events: 'Event' },
  },
  CaseComment: { Parent: 'Case' },
  Contact: {
    ...{ Account: 'Account', Owner: 'User', ReportsTo: 'Contact', Individual: 'Individual' },
    ...{ Cases: 'Case', Tasks: 'Task', Events: 'Event', Assets: 'Asset', CampaignMembers: 'CampaignMember' },
    ...{ AccountContactRelations: 'AccountContactRelation', AccountContactRoles: 'AccountContactRole' },
    OpportunityContactRoles: 'OpportunityContactRole',
  },
  Contract: { Account: 'Account', Owner: 'User', CustomerSigned: 'Contact', Orders: 'Order' },
  EmailMessage: { Parent: 'Case' },
  Event: { Account: 'Account' },
  Individual: { Contacts: 'Contact', Leads: 'Lead', Owner: 'User' },
  Lead: {
    ...{ ConvertedAccount: 'Account', ConvertedContact: 'Contact', ConvertedOpportunity: 'Opportunity' },
    ...{ Individual: 'Individual', CampaignMembers: 'CampaignMember', Tasks: 'Task', Events: 'Event' },
  },
  Opportunity: {
    ...{ Account: 'Account', Owner: 'User', Campaign: 'Campaign', Contract: 'Contract', Pricebook2: 'Pricebook2' },
    ...{ OpportunityLineItems: 'OpportunityLineItem', OpportunityContactRoles: 'OpportunityContactRole' },
    ...{ Orders: 'Order', Tasks: 'Task', Events: 'Event' },
  },
  OpportunityContactRole: { Opportunity: 'Opportunity', Contact: 'Contact' },
  OpportunityLineItem: { Opportunity: 'Opportunity', PricebookEntry: 'PricebookEntry', Product2: 'Product2' },
  Order: {
    ...{ Account: 'Account', Contract: 'Contract', Opportunity: 'Opportunity', Pricebook2: 'Pricebook2' },
    ...{ BillToContact: 'Contact', ShipToContact: 'Contact', CustomerAuthorizedBy: 'Contact' },
    ...{ OrderItems: 'OrderItem', Tasks: 'Task', Events: 'Event' },
  },
  OrderItem: { Order: 'Order', Product2: 'Product2', PricebookEntry: 'PricebookEntry' },
  PricebookEntry: { Pricebook2: 'Pricebook2', Product2: 'Product2' },
  Product2: { PricebookEntries: 'PricebookEntry' },
  Task: { Account: 'Account' },
  User: { Account: 'Account', Contact: 'Contact', Manager: 'User', Profile: 'Profile', UserRole: 'UserRole' },
  UserRole: { ParentRole: 'UserRole' },
};

/** Of every object. */
const everywhere: Readonly<Record<string, string>> = {
  createdby: 'User',
  lastmodifiedby: 'User',
  recordtype: 'RecordType',
};

/** Relationships that lead to a record of one object or another: what is read there cannot be named beforehand. */
const polymorphic: ReadonlySet<string> = new Set(
  ['case.owner', 'lead.owner', 'task.owner', 'event.owner', 'order.owner', 'task.who', 'task.what', 'event.who'].concat(
    ['event.what', 'feeditem.parent', 'attachment.parent', 'note.parent', 'contentdocumentlink.linkedentity'],
    ['emailmessage.relatedto', 'processinstance.targetobject', 'contentversion.firstpublishlocation'],
  ),
);

const tables: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(standard).map(([object, relationships]) => [
    object.toLowerCase(),
    new Map(Object.entries(relationships).map(([name, leadsTo]) => [name.toLowerCase(), leadsTo])),
  ]),
);

/** The object behind a standard relationship; `several` where it may be one or another. Names in lower case. */
export function followStandard(object: string, relationship: string): string | 'several' | undefined {
  if (polymorphic.has(`${object}.${relationship}`)) return 'several';
  return tables.get(object)?.get(relationship) ?? everywhere[relationship];
}
