/**
 * Whether a real-time event tells of it, and not a log file: the two tell of the same reads. Real-time events are all
 * named so (ApiEvent, ReportEventStream, BulkApiResultEventStore); no log file's type is.
 */
export const tellsOfStream = (eventCode: string | undefined): boolean =>
  eventCode !== undefined && /Event(Store|Stream)?$/.test(eventCode);
