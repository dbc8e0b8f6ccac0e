import type { OktaAct, SetupChange, SignIn } from '../acts.ts';
import type { House } from '../house.ts';
import { uuidOf } from '../marks.ts';
import { salesforceId } from '../salesforce-id.ts';
import { loginTypes } from './real-time-events.ts';

const iso = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}.000+0000`;

/** A LoginHistory record as a query answers it. */
export function loginHistory(house: House, act: SignIn): string {
  const { caller } = act;
  const id = caller.loginHistoryId;
  return JSON.stringify({
    attributes: { type: 'LoginHistory', url: `/services/data/v66.0/sobjects/LoginHistory/${id}` },
    Id: id,
    UserId: caller.userId,
    LoginTime: iso(act.time),
    LoginType: loginTypes[act.way],
    SourceIp: caller.address,
    LoginUrl: house.salesforceHost,
    AuthenticationServiceId: null,
    LoginGeoId: null,
    TlsProtocol: 'TLS 1.3',
    CipherSuite: 'TLS_AES_256_GCM_SHA384',
    Browser: caller.browser,
    Platform: caller.platform,
    Status: act.succeeded ? 'Success' : 'Invalid Password',
    Application: caller.app?.name ?? 'Browser',
    ClientVersion: 'N/A',
    ApiType: 'N/A',
    ApiVersion: 'N/A',
    CountryIso: caller.iso,
  });
}

/** A SetupAuditTrail row, columns as in log-files.ts. */
export function setupAuditTrail(act: SetupChange): string {
  const id = salesforceId('0Ym', act.serial);
  const cells = [id, act.action, act.section, iso(act.time), act.caller.userId, act.display, '', '', '', ''];
  return cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
}

/** An Okta System Log event. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/ */
export function oktaEvent(act: OktaAct): string {
  const { caller } = act;
  const place = { city: caller.city, country: caller.country, geolocation: null, postalCode: null, state: null };
  const requestId = uuidOf(act.serial, 70).replaceAll('-', '').slice(0, 26);
  return JSON.stringify({
    actor: { alternateId: caller.email, detailEntry: null, displayName: act.name, id: act.oktaId, type: 'User' },
    authenticationContext: {
      authenticationProvider: null,
      authenticationStep: 0,
      credentialProvider: null,
      credentialType: null,
      externalSessionId: `idx${caller.sessionKey}`,
      interface: null,
      issuer: null,
      rootSessionId: `idx${caller.sessionKey}`,
    },
    client: {
      device: 'Computer',
      geographicalContext: place,
      id: null,
      ipAddress: caller.address,
      userAgent: {
        browser: caller.browser.split(' ')[0]?.toUpperCase(),
        os: caller.platform,
        rawUserAgent: caller.userAgent,
      },
      zone: 'null',
    },
    debugContext: {
      debugData: { requestId, requestUri: '/idp/idx/identify', threatSuspected: 'false', risk: '{level=LOW}' },
    },
    device: null,
    displayMessage: act.message,
    eventType: act.eventType,
    legacyEventType: null,
    outcome: { reason: act.reason ?? null, result: outcomeOf(act) },
    published: new Date(act.time).toISOString(),
    request: { ipChain: [{ geographicalContext: place, ip: caller.address, source: null, version: 'V4' }] },
    securityContext: { asNumber: null, asOrg: null, domain: null, isProxy: false, isp: null },
    severity: act.succeeded ? 'INFO' : 'WARN',
    target: act.targets.map((target) => ({ ...target, detailEntry: null })),
    transaction: { detail: {}, id: requestId, type: 'WEB' },
    uuid: uuidOf(act.serial, 80),
    version: '0',
  });
}

const outcomeOf = (act: OktaAct): string =>
  !act.succeeded ? 'FAILURE' : act.eventType.startsWith('policy.evaluate') ? 'ALLOW' : 'SUCCESS';
