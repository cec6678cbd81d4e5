import { expect, it } from 'vitest';
import { readReadme, withTables } from './readme-tables.ts';

it("the README's tables are what the definitions say; `npm run docs` writes them", () => {
  expect(readReadme()).toBe(withTables(readReadme()));
});
