/** How a spec names images of one's own: by a path, which is looked at later. */
import { describe, expect, it } from 'vitest';
import { readSpec } from '../../src/sweep-file/parse.ts';
import { issuesIn, summary } from './spec-text.ts';

const datasetOf = (dataset: string, ...overrides: string[]) =>
  readSpec(`name: a\ndataset: ${dataset}\n`, { file: 'a.yaml', overrides }).spec.dataset;
const problems = (dataset: string, ...overrides: string[]) =>
  summary(issuesIn(`name: a\ndataset: ${dataset}\n`, overrides));

describe('a path', () => {
  it.each(['./faces', '../data/faces', '/data/faces', 'faces.npy', 'faces.NPZ', 'data/mnist'])('%s', (path) => {
    const all = { train: null, validation: null, binarization: 'grey' };
    expect(datasetOf(path)).toMatchObject({ path, ...all });
    expect(datasetOf(`{ path: ${path}, train: 100 }`)).toMatchObject({ path, ...all, train: 100 });
  });

  it('may be any word behind its key, also the name of a data set', () => {
    expect(datasetOf('{ path: mnist }')).toMatchObject({ path: 'mnist' });
    expect(datasetOf('mnist').path).toBeUndefined();
  });

  it('takes the place of a name, and a name that of a path; what else is said of the data stays', () => {
    expect(datasetOf('{ name: mnist, train: 9 }', 'dataset=./faces')).toMatchObject({ path: './faces', train: 9 });
    const named = datasetOf('{ path: ./faces, train: 9 }', 'dataset=mnist');
    expect([named.name, named.path, named.train]).toEqual(['mnist', undefined, 9]);
    expect(datasetOf('./faces', 'dataset.train=9')).toMatchObject({ path: './faces', train: 9 });
    expect(datasetOf('mnist', 'dataset.path=faces')).toMatchObject({ path: 'faces' });
    expect(datasetOf('./faces', 'dataset.name=mnist').path).toBeUndefined();
  });
});

describe('a mistake', () => {
  it('in a name is told what a path looks like, where no name is near', () => {
    expect(problems('faces')).toEqual([
      'not_allowed 2:10 `dataset`: expected one of sprites-mini, sprites, mnist, fashion-mnist, got "faces"; images of ' +
        'your own are named by a path: ./faces',
    ]);
    expect(problems('{ name: ./faces }')[0]).toContain('images of your own are named by a path: `path: ./faces`');
    expect(problems('mnst')[0]).toContain('did you mean `mnist`?');
  });

  it('of both, of neither, and of no text', () => {
    expect(problems('{ path: ./faces, name: mnist }')).toEqual([
      'unknown_key 2:27 unknown key `name` in dataset; `path` says which images: leave one of the two out',
    ]);
    expect(problems('{ train: 100 }')).toEqual([
      'missing_key 2:1 dataset has no `name`; or `path`, where it is of images of your own',
    ]);
    expect(problems('{ path: 5 }')[0]).toMatch(/^wrong_type 2:\d+ `path`: expected a word, got 5/);
    expect(problems('{ path: "" }')[0]).toMatch(/^out_of_range/);
    expect(problems('{ path: ./faces, train: 0, binarisation: grey }').map((text) => text.split(' ')[0])).toEqual([
      'out_of_range',
      'unknown_key',
    ]);
  });
});

it("what only data of one's own have is said to be theirs, and what is yes or no is told so", () => {
  expect(problems('{ name: mnist, size: 8 }')).toEqual([
    expect.stringMatching(/`size` is of data of your own, which `path` names/),
  ]);
  expect(problems('{ path: x.csv, header: yes }')).toEqual([
    expect.stringMatching(/expected true or false, got "yes"/),
  ]);
  expect(datasetOf('{ path: x.csv, header: false }')).toMatchObject({ reading: { header: false } });
});
