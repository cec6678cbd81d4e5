import { expect, test } from 'vitest';
import { checkDatabase } from '../../src/store/integrity.ts';
import { startChild } from './children.ts';
import { countsOf, openTestReadModel, temporaryLayout } from './support.ts';

test('coordinators of several sweeps write one database at the same time', async () => {
  const layout = temporaryLayout();
  const names = ['a', 'b', 'c'];
  const children = names.map((name) => startChild('run-sweep.ts', [layout.root, name, '6', '5']));
  await Promise.all(children.map((child) => child.end()));
  expect(children.map((child) => child.lines.at(-1))).toEqual(['done', 'done', 'done']);
  expect(checkDatabase(layout)).toEqual([]);
  const model = openTestReadModel(layout);
  for (const name of names) {
    expect(countsOf(model, name).completed).toBe(6);
    expect([...model.metrics(name)]).toHaveLength(6 * 5 * 4);
  }
});
