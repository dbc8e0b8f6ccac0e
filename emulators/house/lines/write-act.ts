import type { Act } from '../acts.ts';
import type { House } from '../house.ts';
import * as rows from './event-log-rows.ts';
import { type Channel, channels, type LogName, logFiles } from './log-files.ts';
import * as realTime from './real-time-events.ts';
import { loginHistory, oktaEvent, setupAuditTrail } from './records.ts';

/** Takes one line of one log. */
export type TakeLine = (log: LogName, line: string) => void;

/**
 * Writes an act into every chosen log in which the vendor would have recorded it: a REST query is a RestApi row, an
 * ApiTotalUsage row and an ApiEvent, all with one request id, user and time.
 */
export function createActWriter(
  house: House,
  chosen: readonly Channel[] = channels,
): (act: Act, take: TakeLine) => void {
  const open = new Set(chosen);
  const isOpen = (log: LogName): boolean => open.has(logFiles[log].channel);
  const files = isOpen('RestApi');
  const stream = isOpen('ApiEvent');
  return (act, take) => {
    switch (act.kind) {
      case 'rest-call':
        if (files) take('RestApi', rows.restApiRow(house, act));
        if (files) take('ApiTotalUsage', rows.apiTotalUsageRow(house, act));
        // Only read calls of query kind are streamed.
        if (stream && act.soql !== '') take('ApiEvent', realTime.apiEvent(act));
        return;
      case 'soap-call':
        if (files) take('API', rows.apiRow(house, act));
        if (files) take('ApiTotalUsage', rows.apiTotalUsageRow(house, act));
        if (stream && act.soql !== '') take('ApiEvent', realTime.apiEvent(act));
        return;
      case 'bulk-call':
        if (files) take('ApiTotalUsage', rows.apiTotalUsageRow(house, act));
        return;
      case 'bulk-state':
        if (files) take('BulkApi2', rows.bulkApi2Row(house, act));
        return;
      case 'bulk-result':
        if (stream) take('BulkApiResultEvent', realTime.bulkApiResultEvent(act));
        return;
      case 'sign-in':
        if (files) take('Login', rows.loginRow(house, act));
        if (stream) take('LoginEvent', realTime.loginEvent(act));
        if (isOpen('LoginHistory')) take('LoginHistory', loginHistory(house, act));
        return;
      case 'sign-out':
        if (files) take('Logout', rows.logoutRow(house, act));
        if (stream) take('LogoutEvent', realTime.logoutEvent(act));
        return;
      case 'report-run':
        if (files) take('Report', rows.reportRow(house, act));
        if (stream) take('ReportEvent', realTime.reportEvent(act));
        return;
      case 'report-export':
        if (files) take('ReportExport', rows.reportExportRow(house, act));
        if (stream) take('ReportEvent', realTime.reportEvent(act));
        return;
      case 'list-view':
        if (stream) take('ListViewEvent', realTime.listViewEvent(act));
        return;
      case 'page-view':
        if (files) take('URI', rows.uriRow(house, act));
        return;
      case 'setup-change':
        if (isOpen('SetupAuditTrail')) take('SetupAuditTrail', setupAuditTrail(act));
        return;
      case 'okta':
        if (isOpen('okta')) take('okta', oktaEvent(act));
        return;
    }
  };
}
