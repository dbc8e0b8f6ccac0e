import { detach } from '#lib/detach.ts';
import type { Slots } from '#model/event.ts';
import type { Grant } from '#model/finding.ts';

/** Before the address, in the key of the grant of a machine. */
export const addressKey = '-@address:';

/**
 * Who acts where the log names no user: the app alone, else the machine at the address, else nobody, told apart by
 * product and tenant so that what nobody did in one place is not joined to what nobody did in another.
 */
export function unnamedGrant(slots: Slots): Grant {
  const nobody = { appUid: undefined, appName: undefined, userUid: undefined, userName: undefined };
  const { 'actor.app_uid': appUid, 'actor.app_name': appName, 'src_endpoint.ip': address } = slots;
  if (appUid !== undefined || appName !== undefined)
    return { ...nobody, key: detach(`${appUid ?? appName}@-`), appUid, appName };
  if (address !== undefined) return { ...nobody, key: detach(`${addressKey}${address}`), address: detach(address) };
  return { ...nobody, key: detach(`-@nobody:${slots['metadata.product.name']}:${slots['metadata.tenant_uid']}`) };
}
