import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/store/migrations.ts';

/**
 * A schema is compared with what its migrations make, so one word changed in one of them, be it a comment or a constant
 * that it takes up, refuses every database made before. Add a migration instead, and its line here.
 */
test('no schema that databases were made with changes', () => {
  const hashes = MIGRATIONS.map((sql) => createHash('sha256').update(sql.replaceAll(/\s+/g, ' ')).digest('hex'));
  expect(hashes.map((hash) => hash.slice(0, 16))).toEqual([
    '2f5a5a4e3e8c5e41',
    '7464dcde4cdbe735',
    '2463d8847edb9af6',
    '60cef864c63327f5',
    '92dc8061363b02e9',
    '2cc6bace5960162d',
    '0b24f71defde4017',
    '69bd8fa55c276f04',
    '1723213fa6df5427',
    '2925cd2a5239a70d',
    'd90168b5c193f3f3',
    'aeebc39bb7a3fb88',
    'bbc7d29cb48f09c1',
    '29adb152f88a6201',
    '91c8ab066fb82bf6',
    '908fa6aefe69f201',
    'ae0f933ed6ffcce7',
  ]);
});
