import type { Slots } from '#model/event.ts';
import { setApp } from '../salesforce-words.ts';
import { objectsOf, versionOf } from './read-calls.ts';
import type { Row } from './row.ts';

/** The Metadata API: describing and retrieving explore the organisation, everything else changes it. */
export function readMetadataOperation(slots: Slots, row: Row): void {
  const { at } = row;
  const operation = row.text(at.OPERATION);
  const isReading = /describe|retrieve|list|read|status/i.test(operation ?? '');
  slots.activity_name = isReading ? 'describe-object' : 'setting-change';
  slots['api.operation'] = operation;
  slots['api.service.name'] = 'Metadata';
  slots['api.version'] = versionOf(row.text(at.API_VERSION));
  setApp(slots, undefined, row.unquoted(at.CLIENT_ID)?.replace(/\/$/, ''));
}

export function readPermissionUpdate(slots: Slots, row: Row): void {
  const { at } = row;
  slots.activity_name = 'permission-change';
  slots['api.operation'] = row.text(at.UPDATE_TYPE);
  slots['entity.type'] = row.text(at.PERMISSION_TYPE);
  slots['entity.uid'] = row.id(at.FEATURE_ID);
  slots.message = row.unquoted(at.DESCRIPTION);
}

/** Somebody tried what they may not. */
export function readInsufficientAccess(slots: Slots, row: Row): void {
  const { at } = row;
  const level = row.text(at.REQUESTED_ACCESS_LEVEL);
  slots.activity_name = /edit|delete|create|write|modify|transfer/i.test(level ?? '') ? 'write' : 'record-view';
  slots.status_id = 2;
  slots.status_detail = row.unquoted(at.ACCESS_ERROR) ?? row.unquoted(at.ERROR_DESCRIPTION);
  slots['api.operation'] = level;
  slots['resources.uid'] = row.id(at.RECORD_ID);
  slots['resources.type'] = objectsOf(row.text(at.ENTITY_TYPE));
  slots.message = row.unquoted(at.ERROR_DESCRIPTION);
}

export function readPackageInstall(slots: Slots, row: Row): void {
  const { at } = row;
  const operation = row.text(at.INSTALL_TYPE) ?? row.text(at.OPERATION_TYPE);
  slots.activity_name = /uninstall|upgrade|expire/i.test(operation ?? '') ? 'app-change' : 'app-create';
  slots['api.operation'] = operation;
  slots['entity.type'] = 'package';
  slots['entity.name'] = row.unquoted(at.PACKAGE_NAME) ?? row.text(at.PACKAGE_NAMESPACE);
  slots['entity.uid'] = row.id(at.PACKAGE_VERSION_ID);
}

export function readDatabaseSave(slots: Slots, row: Row): void {
  const { at } = row;
  slots.activity_name = 'write';
  slots['api.operation'] = row.text(at.DML_TYPE);
  slots['resources.uid'] = row.id(at.FIRST_ENTITY_ID);
  slots['unmapped.rows'] = row.count(at.NUM_ROWS);
}
