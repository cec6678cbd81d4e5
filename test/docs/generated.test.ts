import { describe, expect, it } from 'vitest';
import { generatedFiles, PART_NAMES } from './generated.ts';

const files = await generatedFiles();

describe('what the documents have from the definitions is as `npm run docs` writes it', () => {
  it.each(files)('in $file', ({ written, generated }) => {
    expect(written).toBe(generated);
  });

  it('and each part has its place', () => {
    expect(files.flatMap(({ parts }) => parts)).toEqual(expect.arrayContaining(PART_NAMES));
  });
});
