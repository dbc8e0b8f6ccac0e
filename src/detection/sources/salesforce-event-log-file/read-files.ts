import type { Slots } from '#model/event.ts';
import type { Row } from './row.ts';

/** A file put in, taken out or looked at. */
export function readContentTransfer(slots: Slots, row: Row): void {
  const { at } = row;
  const transaction = row.text(at.TRANSACTION_TYPE);
  slots.activity_name = /save|upload|insert|delete/i.test(transaction ?? '') ? 'write' : 'file-read';
  slots['api.operation'] = transaction;
  slots['resources.type'] = ['ContentDocument'];
  slots['resources.uid'] = row.id(at.DOCUMENT_ID, at.DOCUMENT_ID_DERIVED);
  slots['query_info.bytes'] = row.count(at.SIZE_BYTES);
}

export function readDownload(slots: Slots, row: Row): void {
  slots.activity_name = 'file-read';
  slots['resources.uid'] = row.id(row.at.ENTITY_ID);
}

/** A link by which anybody who has it can read a file: made, or followed. */
export function readContentDistribution(slots: Slots, row: Row): void {
  const { at } = row;
  const action = row.text(at.ACTION);
  slots.activity_name = action === 'VIEW' || action === 'DOWNLOAD' ? 'file-read' : 'file-share';
  slots['api.operation'] = action;
  slots['resources.type'] = ['ContentVersion'];
  slots['resources.uid'] = row.id(at.VERSION_ID, at.VERSION_ID_DERIVED);
}

export function readContentDocumentLink(slots: Slots, row: Row): void {
  const { at } = row;
  slots.activity_name = 'file-share';
  slots['api.operation'] = row.text(at.SHARING_OPERATION);
  slots['resources.type'] = ['ContentDocument'];
  slots['resources.uid'] = row.id(at.DOCUMENT_ID, at.DOCUMENT_ID_DERIVED);
}
