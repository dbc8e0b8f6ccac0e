import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadSync } from '@grpc/proto-loader';
import { loadPubSub, replayPresets } from './salesforce-pub-sub.ts';

const published = fileURLToPath(new URL('../../../shared/data/crm/pub-sub-api/pubsub_api.proto', import.meta.url));
const own = fileURLToPath(new URL('salesforce-pub-sub.proto', import.meta.url));

/** What stands on the wire: fields by number with type and plurality, values of enums, methods with their messages. */
function contractOf(file: string): ReadonlyMap<string, unknown> {
  return new Map(
    Object.entries(loadSync(file)).map(([name, definition]) => {
      if (!('type' in definition) || typeof definition.type !== 'object')
        return [
          name,
          Object.values(definition).map(({ path, requestStream, responseStream, requestType, responseType }) => ({
            path,
            requestStream,
            responseStream,
            takes: requestType.type,
            gives: responseType.type,
          })),
        ] as const;
      return [name, definition.type] as const;
    }),
  );
}

test("each message and method is the vendor's", {
  skip: !existsSync(published) && 'the published file is not there',
}, () => {
  const theirs = contractOf(published);
  const ours = contractOf(own);
  assert.ok(ours.size >= 10);
  for (const [name, definition] of ours) {
    if (!Array.isArray(definition)) assert.deepEqual(definition, theirs.get(name), name);
    else
      for (const method of definition)
        assert.ok(
          (theirs.get(name) as unknown[]).some((other) => isSame(method, other)),
          JSON.stringify(method.path),
        );
  }
});

function isSame(one: unknown, other: unknown): boolean {
  try {
    assert.deepEqual(one, other);
    return true;
  } catch {
    return false;
  }
}

test('messages come back as they are declared', () => {
  const { Subscribe, GetTopic } = loadPubSub();
  const request = { topicName: '/event/ApiEventStream', replayPreset: replayPresets.custom, numRequested: 100 };
  const replayId = Buffer.from([0, 0, 255, 1]);
  assert.deepEqual(
    { ...Subscribe.requestDeserialize(Subscribe.requestSerialize({ ...request, replayId })) },
    { ...request, replayId, authRefresh: '' },
  );
  const empty = Subscribe.responseDeserialize(Buffer.alloc(0));
  assert.deepEqual([...empty.events], []);
  assert.ok(Buffer.isBuffer(empty.latestReplayId));
  assert.equal(empty.pendingNumRequested, 0);
  assert.equal(GetTopic.path, '/eventbus.v1.PubSub/GetTopic');
});
