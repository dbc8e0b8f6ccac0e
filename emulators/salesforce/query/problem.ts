import { describeFailure, type Failure } from '#model/result.ts';

/** What the CRM answers instead: `[{"message", "errorCode", "fields"}]`. REST API Developer Guide, "Status Codes and Error Responses". */
export interface Problem {
  readonly status: number;
  readonly errorCode: string;
  readonly message: string;
  readonly fields?: readonly string[];
}

export const problem = (errorCode: string, message: string, status = 400): Problem => ({ status, errorCode, message });

export const malformed = (message: string): Problem => problem('MALFORMED_QUERY', message);

export const malformedBy = (failure: Failure): Problem => malformed(describeFailure(failure));

export const noSuchColumn = (name: string, entity: string): Problem =>
  problem(
    'INVALID_FIELD',
    `No such column '${name}' on entity '${entity}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  );

export const noSuchType = (name: string): Problem =>
  problem(
    'INVALID_TYPE',
    `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );

export const notFound = (): Problem => problem('NOT_FOUND', 'The requested resource does not exist', 404);

export const noSession = (): Problem => problem('INVALID_SESSION_ID', 'Session expired or invalid', 401);
