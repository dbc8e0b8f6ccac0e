import type { Asked, Refusal } from '../call.ts';
import { expectObject } from './complete-query.ts';
import { type Draft, type Planning, refuseSpent } from './draft.ts';
import { judgeFields, judgeOperations } from './judge-query.ts';
import type { PolicyObject } from './policy-view.ts';
import { printParameters } from './read-target.ts';
import { refuseAccess } from './refuse.ts';

/** Rows by id. Without a field list the policy's own is asked for, since the CRM would answer every field. */
export function planRetrieve(asked: Extract<Asked, { kind: 'retrieve' }>, planning: Planning): Draft {
  const { policy, root } = planning;
  const granted = policy.objects.get(asked.object.toLowerCase());
  const object = granted?.name ?? asked.object;
  const fields = fieldsOf(asked.fields, granted);
  const objections: Refusal[] = [
    ...judgeOperations(['retrieve'], policy),
    ...judgeFields(object, asked.fields ?? [], policy),
    ...refuseSpent(object, asked.ids.length, planning),
  ];
  if (fields === undefined && granted !== undefined && granted.denied.size > 0)
    objections.push(
      refuseAccess(
        'unnamed-fields',
        `name the fields of ${object} that you need (fields=…): all of them would hold some that the policy denies`,
      ),
    );
  const expectation = {
    kind: 'records',
    operation: 'retrieve',
    query: undefined,
    records: planning.memory.expectedRows(`${object} ${fields?.join()}`, () => [expectObject(object, fields, policy)]),
    aggregates: 0,
  } as const;
  if (asked.form === 'rows')
    return {
      method: 'POST',
      target: `${root}/composite/sobjects/${object}`,
      body: { ids: asked.ids, fields },
      expectation,
      objections,
    };
  const list = fields === undefined ? [] : ([['fields', fields.join(',')]] as const);
  return {
    method: 'GET',
    target: `${root}/sobjects/${object}/${asked.ids[0]}${printParameters(list)}`,
    expectation,
    objections,
  };
}

/** With `Id` and the customer field; undefined: all of them. */
function fieldsOf(
  asked: readonly string[] | undefined,
  granted: PolicyObject | undefined,
): readonly string[] | undefined {
  const isOpen = asked === undefined && (granted === undefined || granted.fields === 'all');
  if (isOpen) return undefined;
  const customer = granted?.customerField === undefined ? [] : [granted.customerField];
  const names = new Map<string, string>();
  for (const name of ['Id', ...(asked ?? granted?.fieldList ?? []), ...customer])
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  return [...names.values()];
}
