import assert from 'node:assert/strict';
import { it } from 'node:test';
import { looksOfBytes } from './look-of-format.ts';

const looks: readonly (readonly [string, RegExp])[] = [
  ['', /empty file/],
  [' \n', /blank space/],
  ['%PDF-1.4', /PDF/],
  ['\u007fELF\u0002', /Linux program/],
  ['\u0089PNG\r\n', /PNG/],
  ['ab\u0000cd', /binary/],
  ['#separator \\x09\n#path\tconn\n', /Zeek conn log in tab-separated form/],
  ['{"ts":1,"uid":"C","id.orig_h":"10.0.0.1","conn_state":"SF"}\n', /^Zeek conn log$/],
  ['{"_path":"ssl","ts":"2024"}\n', /^Zeek ssl log$/],
  ['{\n "timestamp": "2009",\n "event_type": "alert",\n "alert": {"a": 1}\n}\n{\n}', /^Suricata EVE \(alert\)$/],
  ['[{"_raw":"{\\"createdDateTime\\":1,\\"appDisplayName\\":1,\\"userPrincipalName\\":1}"}]', /Entra sign-ins/],
  ['{"value":[{"CreationTime":1,"Workload":1,"Operation":1}]}', /^Microsoft 365 audit log$/],
  ['{"kind":"admin#reports#activity"}', /Google Workspace/],
  ['{"Records":[{"eventVersion":1,"eventSource":"s3","awsRegion":"x"}]}', /CloudTrail/],
  ['[{"attributes":{"type":"Account"},"Id":"1"}]', /Salesforce record export \(Account\), which is no log/],
  ['/* x */\nsyntax = "proto3";\n', /protocol-buffer/],
  ['a,b,c\n1,2,3\n', /CSV with columns a, b, c$/],
  ['{"a":1,"\\u001b[31m":2}', /JSON with a, "\\u001b\[31m"/],
  ['key: value\nother:\n  - x\n', /YAML/],
  ['Dear all,\nhello\n', /plain text beginning "Dear all,"/],
  ['<html>', /XML or HTML/],
];

for (const [text, expected] of looks)
  it(`names ${JSON.stringify(text.slice(0, 30))}`, () => {
    assert.match(looksOfBytes(Buffer.from(text, 'latin1')), expected);
  });
