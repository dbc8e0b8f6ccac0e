import type { Children, Field, FieldType, Table } from '../objects/table.ts';
import type { Tables } from '../objects/tables.ts';

type Described = Readonly<Record<string, unknown>>;

/** `GET /services/data/vXX.X/sobjects` */
export function describeGlobal(
  tables: Tables,
  version: string,
): { readonly sobjects: readonly Described[] } & Described {
  return {
    encoding: 'UTF-8',
    maxBatchSize: 200,
    sobjects: [...tables.values()].map((table) => ({ ...describeHead(table), urls: urlsOf(table, version) })),
  };
}

function urlsOf({ name }: Table, version: string): Described {
  const sobject = `/services/data/v${version}/sobjects/${name}`;
  return { rowTemplate: `${sobject}/{ID}`, describe: `${sobject}/describe`, sobject };
}

const describeHead = ({ name, label, plural, keyPrefix }: Table): Described => ({
  activateable: false,
  createable: false,
  custom: name.endsWith('__c'),
  customSetting: false,
  deletable: false,
  deprecatedAndHidden: false,
  feedEnabled: false,
  hasSubtypes: false,
  isSubtype: false,
  keyPrefix,
  label,
  labelPlural: plural,
  layoutable: true,
  mergeable: false,
  mruEnabled: true,
  name,
  queryable: true,
  replicateable: true,
  retrieveable: true,
  searchable: true,
  triggerable: true,
  undeletable: false,
  updateable: false,
});

/** `GET /services/data/vXX.X/sobjects/Contact/describe` */
export function describeTable(tables: Tables, table: Table, version: string): Described {
  return {
    ...describeHead(table),
    actionOverrides: [],
    childRelationships: [
      ...table.children.map(describeChildren),
      ...pointersTo(tables, table).map(([child, field]) =>
        describeChildren({ relationship: null, table: child, field }),
      ),
    ],
    compactLayoutable: true,
    fields: table.fields.map(describeField),
    listviewable: null,
    lookupLayoutable: null,
    namedLayoutInfos: [],
    networkScopeFieldName: null,
    recordTypeInfos: [],
    searchLayoutable: true,
    supportedScopes: [{ label: `All ${table.plural}`, name: 'everything' }],
    urls: urlsOf(table, version),
  };
}

const describeChildren = ({
  relationship,
  table,
  field,
}: Pick<Children, 'table' | 'field'> & { readonly relationship: string | null }): Described => ({
  cascadeDelete: false,
  childSObject: table,
  deprecatedAndHidden: false,
  field,
  junctionIdListNames: [],
  junctionReferenceTo: [],
  relationshipName: relationship,
  restrictedDelete: false,
});

/** Fields of any object that point here without a named relationship back. */
function pointersTo(tables: Tables, table: Table): (readonly [table: string, field: string])[] {
  return [...tables.values()].flatMap((other) =>
    other.fields
      .filter(({ reference }) => reference?.table === table.name)
      .filter(({ name }) => !table.children.some((known) => known.table === other.name && known.field === name))
      .map(({ name }) => [other.name, name] as const),
  );
}

const soapTypes: Readonly<Partial<Record<FieldType, string>>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
};

const withoutOrder: readonly FieldType[] = ['textarea'];

function describeField(field: Field): Described {
  const { name, label, type, length, reference, values } = field;
  const isLong = withoutOrder.includes(type) && length > 255;
  const isMoney = type === 'currency' || type === 'double';
  return {
    aggregatable: !isLong,
    autoNumber: false,
    byteLength: length * 3,
    calculated: false,
    caseSensitive: false,
    createable: false,
    custom: name.endsWith('__c'),
    defaultValue: type === 'boolean' ? false : null,
    digits: type === 'int' ? 9 : 0,
    externalId: field.isExternalId === true,
    filterable: !isLong,
    groupable: !isLong && !isMoney && type !== 'datetime',
    idLookup: type === 'id' || field.isExternalId === true,
    label,
    length,
    name,
    nameField: name === 'Name',
    namePointing: false,
    nillable: field.isNillable !== false,
    permissionable: name.endsWith('__c'),
    picklistValues: (values ?? []).map((value) => ({
      active: true,
      defaultValue: false,
      label: value,
      validFor: null,
      value,
    })),
    polymorphicForeignKey: false,
    precision: isMoney ? 18 : 0,
    referenceTo: reference === undefined ? [] : [reference.table],
    relationshipName: reference?.relationship ?? null,
    scale: isMoney ? 2 : 0,
    soapType: soapTypes[type] ?? 'xsd:string',
    sortable: !isLong,
    type,
    unique: field.isExternalId === true,
    updateable: false,
  };
}
