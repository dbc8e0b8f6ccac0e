import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Dechunker } from './dechunker.ts';

/** Decodes in pieces of these lengths, over and over. */
function decode(bytes: Uint8Array, lengths: readonly number[]): { payload: Buffer; dechunker: Dechunker } {
  const dechunker = new Dechunker();
  const payload: Buffer[] = [];
  for (let at = 0, index = 0; at < bytes.length && dechunker.fault === undefined; index++) {
    const piece = Uint8Array.from(bytes.subarray(at, at + lengths[index % lengths.length]!));
    at += piece.length;
    payload.push(Buffer.from(piece.subarray(0, dechunker.decode(piece, piece.length))));
  }
  return { payload: Buffer.concat(payload), dechunker };
}

test('any body in any chunks, cut anywhere, comes out as it was', () => {
  const piece = fc.uint8Array({ minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(
      fc.array(piece),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
      fc.boolean(),
      (parts, cuts, isOdd) => {
        const framed = parts.flatMap((part) => [
          Buffer.from(`${part.length.toString(16).toUpperCase()}${isOdd ? ';a="b"' : ''}\r\n`),
          Buffer.from(part),
          Buffer.from('\r\n'),
        ]);
        const end = Buffer.from(isOdd ? '0\r\nX-Trailer: 1\r\n\r\n' : '0\r\n\r\n');
        const { payload, dechunker } = decode(Buffer.concat([...framed, end]), cuts);
        assert.deepEqual([dechunker.fault, dechunker.isDone], [undefined, true]);
        assert.ok(payload.equals(Buffer.concat(parts)));
      },
    ),
  );
});

test('what is no chunk is a fault, and never payload', () => {
  const wrong = [
    'x\r\n',
    '\r\n',
    '-1\r\na\r\n',
    '0x1\r\na\r\n',
    '1\na\r\n',
    '1\r\nab\r\n',
    '1 \n',
    '1\r\na\n',
    '0\r\n\r\nmore',
    '1234567890123\r\n',
    '1;\n',
  ];
  for (const text of wrong) {
    const { dechunker, payload } = decode(Buffer.from(text), [100]);
    assert.notEqual(dechunker.fault, undefined, JSON.stringify(text));
    assert.ok(payload.length <= 1);
  }
  assert.notEqual(decode(Buffer.from(`1;${'a'.repeat(9000)}`), [1000]).dechunker.fault, undefined);
  assert.notEqual(decode(Buffer.from(`0\r\n${'a'.repeat(9000)}`), [1000]).dechunker.fault, undefined);
});
