import type { Refusal } from '../call.ts';
import { followPath } from './follow-path.ts';
import type { Operation, PolicyObject, PolicyView } from './policy-view.ts';
import type { QueryReading } from './query-reading.ts';
import { isRefusal, refuseAccess } from './refuse.ts';

/** Everything in the query that the policy does not grant, in the order of the query; empty when it may run. */
export function judgeQuery(reading: QueryReading, needs: readonly Operation[], policy: PolicyView): readonly Refusal[] {
  const objections = judgeOperations(needs, policy);
  for (const object of reading.objects) objections.push(...judgeObject(object, policy));
  for (const { object, field, clause, isImplied } of reading.reads) {
    const granted = policy.objects.get(object.toLowerCase());
    if (granted !== undefined && !mayRead(granted, field, isImplied))
      objections.push(refuseField(granted.name, field, clause, policy));
  }
  if (reading.answer === 'computed')
    objections.push(
      refuseAccess(
        'grouped-read',
        'GROUP BY, MIN, MAX, SUM and AVG show values of records without counting them; ask for the records, or for a COUNT',
      ),
    );
  return objections;
}

export function judgeOperations(needs: readonly Operation[], policy: PolicyView): Refusal[] {
  return needs
    .filter((operation) => !policy.operations.has(operation))
    .map((operation) =>
      refuseAccess(
        'denied-operation',
        `the policy (version ${policy.version}) does not grant the operation ${operation}`,
      ),
    );
}

export function judgeObject(object: string, policy: PolicyView): readonly Refusal[] {
  if (policy.objects.has(object.toLowerCase())) return [];
  return [refuseAccess('denied-object', `the policy (version ${policy.version}) does not grant the object ${object}`)];
}

/** Judges fields of an answer by name: `Email`, `Account.Name`, `Contacts.Email`. */
export function judgeFields(object: string, fields: readonly string[], policy: PolicyView): readonly Refusal[] {
  const objections: Refusal[] = [...judgeObject(object, policy)];
  for (const name of fields) {
    const path = name.split('.');
    const objects = followPath(object, path, policy.relationships);
    if (isRefusal(objects)) {
      objections.push(objects);
      continue;
    }
    const granted = policy.objects.get(objects.at(-1)!.toLowerCase());
    if (granted === undefined) objections.push(...judgeObject(objects.at(-1)!, policy));
    else if (!mayRead(granted, path.at(-1)!, false))
      objections.push(refuseField(granted.name, path.at(-1)!, 'the answer', policy));
  }
  return objections;
}

function refuseField(object: string, field: string, clause: string, policy: PolicyView): Refusal {
  return refuseAccess(
    'denied-field',
    `${object}.${field} may not be used, and it stands in ${clause}: the policy (version ${policy.version}) does not ` +
      'grant it. A filter or an order would show what it hides; take the field out, or have it granted',
  );
}

/** Whether a field may be used anywhere in a query; `isImplied`: only walked over, so only a denial counts. */
function mayRead(granted: PolicyObject, field: string, isImplied: boolean): boolean {
  const name = field.toLowerCase();
  if (name === 'id' || name === granted.customerField?.toLowerCase()) return true;
  if (granted.denied.has(name)) return false;
  return isImplied || granted.fields === 'all' || granted.fields.has(name);
}
