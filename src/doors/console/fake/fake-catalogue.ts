import type { InventoryView, RuleView } from '#model/wire.ts';
import { day, drift, findings, hostile, hour, houseNow, long } from './fake-house.ts';

export const rules: readonly RuleView[] = findings.map(({ rule, level }, index) => ({
  ...rule,
  level,
  description:
    'One grant lists objects, describes them, counts them and reads limits, as a thief does before the theft.',
  runbook: '# First\n\n1. Ask the **owner** of the app.\n2. Revoke in `Setup`.\n\n<script>alert(1)</script>',
  falsePositives: ['A vendor that installs itself anew'],
  enabled: index !== 2,
  firedCount: index * 3,
  ...(index > 0 ? { lastFiredAt: houseNow - index * hour } : {}),
  yaml: `title: ${rule.title}\nlevel: ${level}\ndetection:\n  selection:\n    activity_name: list-objects\n  condition: selection\n`,
  samples: { fire: [{ activity_name: 'list-objects' }], quiet: [] },
}));

export const inventory: InventoryView = {
  at: houseNow,
  from: houseNow - 30 * day,
  to: houseNow,
  apps: ['Drift Chat', hostile, long, 'Data Loader'].map((name, index) => ({
    key: `app-${index}`,
    name,
    standing: (['in use', 'new', 'dormant', 'in use'] as const)[index] ?? 'in use',
    firstAt: houseNow - 300 * day,
    lastAt: houseNow - index * day,
    users: [{ name: drift.userName ?? '', uid: drift.userUid ?? '', firstAt: houseNow - 300 * day, lastAt: houseNow }],
    networks: ['34.120.0.0/16'],
    userAgents: ['Drift/2.1'],
    objects: ['Lead', 'Contact', 'Case'],
    apis: ['REST', 'Bulk2'],
    calls: 412_000 * (index + 1),
    rows: { atLeast: 1_900_000, atMost: undefined },
    reach: 'One stolen token reads every Contact and Case: 7.4 million customers with e-mail, phone and address.',
    setupChanges: [{ at: houseNow - 300 * day, by: 'admin@maison-orfevre.example', what: `Installed ${name}` }],
  })),
};
