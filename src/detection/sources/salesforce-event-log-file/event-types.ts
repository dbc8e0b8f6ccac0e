import type { Slots } from '#model/event.ts';
import {
  readApexRest,
  readApexSoap,
  readApi,
  readApiTotalUsage,
  readBulkApi,
  readBulkApi2,
  readBulkApiRequest,
  readComposite,
  readRestApi,
} from './read-calls.ts';
import {
  readDatabaseSave,
  readInsufficientAccess,
  readMetadataOperation,
  readPackageInstall,
  readPermissionUpdate,
} from './read-changes.ts';
import { readContentDistribution, readContentDocumentLink, readContentTransfer, readDownload } from './read-files.ts';
import { readLogin, readLoginAs, readLogout, readSalesforceLoginAs } from './read-logins.ts';
import { readLightningPageView, readSearch, readSites, readUri } from './read-pages.ts';
import { readReport, readReportExport } from './read-reports.ts';
import type { Row } from './row.ts';

export type ReadType = (slots: Slots, row: Row) => void;

/** What an outgoing call or a run of the house's own code says; neither reads customers by itself. */
function readOther(slots: Slots, row: Row): void {
  const { at } = row;
  slots['api.operation'] = row.text(at.ENTRY_POINT) ?? row.text(at.METHOD);
  slots['http_request.url.path'] = row.unquoted(at.URL) ?? row.unquoted(at.URI);
}

/**
 * How the rows of each EventType are read; types that are not here are activity `other` with their common columns.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventlogfile_supportedeventtypes.htm
 */
const eventTypes: Readonly<Record<string, ReadType>> = {
  API: readApi,
  ApexRestApi: readApexRest,
  ApexSoap: readApexSoap,
  ApiTotalUsage: readApiTotalUsage,
  AsyncReportRun: readReport,
  BulkApi: readBulkApi,
  BulkApi2: readBulkApi2,
  BulkApiRequest: readBulkApiRequest,
  CompositeApi: readComposite,
  CompositeApiSubrequest: readComposite,
  ContentDistribution: readContentDistribution,
  ContentDocumentLink: readContentDocumentLink,
  ContentTransfer: readContentTransfer,
  DatabaseSave: readDatabaseSave,
  DocumentAttachmentDownloads: readDownload,
  InsufficientAccess: readInsufficientAccess,
  LightningPageView: readLightningPageView,
  Login: readLogin,
  LoginAs: readLoginAs,
  Logout: readLogout,
  MetadataApiOperation: readMetadataOperation,
  PackageInstall: readPackageInstall,
  PermissionUpdate: readPermissionUpdate,
  Report: readReport,
  ReportExport: readReportExport,
  RestApi: readRestApi,
  SalesforceLoginAs: readSalesforceLoginAs,
  Search: readSearch,
  Sites: readSites,
  URI: readUri,
};

export const readerOf = (eventType: string): ReadType =>
  Object.hasOwn(eventTypes, eventType) ? eventTypes[eventType]! : readOther;
