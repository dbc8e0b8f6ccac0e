import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fires, select } from '../rule.fixture.ts';

const finds = (item: string, f: string): boolean => fires(select(item), { f });

/** A value of a rule that stands for exactly this text. */
const written = (text: string): string => JSON.stringify(text.replace(/[\\*?]/g, '\\$&'));

const value = fc.string({ unit: 'grapheme', minLength: 2, maxLength: 12 });

test('base64offset finds a text behind any number of bytes, before any number', () => {
  fc.assert(
    fc.property(value, fc.uint8Array({ maxLength: 7 }), fc.uint8Array({ maxLength: 7 }), (text, before, after) => {
      const whole = Buffer.concat([before, Buffer.from(text), after]).toString('base64');
      assert.ok(finds(`f|base64offset|contains|cased: ${written(text)}`, whole));
    }),
  );
  for (const shift of [0, 1, 2]) {
    const whole = Buffer.from(`${'x'.repeat(shift)}/bin/bash -i`).toString('base64');
    assert.ok(finds('f|base64offset|contains|cased: /bin/bash', whole), `${shift}`);
    assert.ok(!finds('f|base64offset|contains|cased: /bin/dash', whole), `${shift}`);
  }
});

test('UTF-16 in front of base64 is what PowerShell takes', () => {
  fc.assert(
    fc.property(value, (text) => {
      const bytes = Buffer.from(text, 'utf16le');
      assert.ok(finds(`f|wide|base64|cased: ${written(text)}`, bytes.toString('base64')));
      assert.ok(
        finds(`f|utf16|base64|cased: ${written(text)}`, Buffer.from(`\ufeff${text}`, 'utf16le').toString('base64')),
      );
      assert.ok(finds(`f|utf16be|base64|cased: ${written(text)}`, Buffer.from(bytes).swap16().toString('base64')));
    }),
  );
});

test('the bytes of the specification', () => {
  assert.ok(finds('f|utf16le: cmd', 'c\0m\0d\0'));
  assert.ok(finds('f|wide: cmd', 'c\0m\0d\0'));
  assert.ok(finds('f|utf16be: cmd', '\0c\0m\0d'));
  assert.ok(finds('f|utf16: cmd', '\xff\xfec\0m\0d\0'));
});

test('wildcards last through UTF-16; windash gives base64 every dash', () => {
  assert.ok(finds("f|wide|contains: 'a*b'", 'x\0a\0x\0b\0'));
  assert.ok(!finds("f|wide|contains: 'a*b'", 'xaxb'));
  assert.ok(finds("f|contains|utf16: 'a'", '..\xff\xfea\0..'));
  for (const dash of '-/–—―') {
    const text = Buffer.from(`run ${dash}enc`).toString('base64');
    assert.ok(finds("f|windash|base64: 'run -enc'", text), dash);
    const wide = Buffer.from(`x ${dash}enc y`, 'utf16le').toString('base64');
    assert.ok(finds("f|windash|wide|base64offset|contains: '-enc'", wide), dash);
  }
  assert.ok(!finds("f|windash|base64: 'run -enc'", Buffer.from('run +enc').toString('base64')));
});
