import { expect, test } from 'vitest';
import { expandSpec } from '../../src/sweep-file/expansion/expand.ts';
import { issuesIn, specWith, summary, textWith } from './spec-text.ts';

const SPACE = 'parameters: { architecture: [mlp, conv], beta: [1, 4] }';
const BY_RULE = `class: cpu
when:
  - { if: { architecture: conv }, then: { class: gpu, learning_rate: 3e-4 } }
  - { if: { beta: 4, architecture: conv }, then: { class: gpu-a100 } }`;

function trials(rest: string, ...overrides: string[]): ReturnType<typeof expandSpec> {
  return expandSpec(specWith(`${SPACE}\n${rest}`, overrides), 'data');
}

test('each configuration has the class of the last rule that names one, or of the sweep', () => {
  const classes = trials(BY_RULE).map(({ config: { parameters }, deviceClass }) => [
    ...[parameters['architecture'], parameters['beta'], deviceClass],
  ]);
  expect(classes).toEqual([
    ['mlp', 1, 'cpu'],
    ['mlp', 4, 'cpu'],
    ['conv', 1, 'gpu'],
    ['conv', 4, 'gpu-a100'],
  ]);
  expect(trials(BY_RULE, 'class=tpu').map(({ deviceClass }) => deviceClass)[0]).toBe('tpu');
  expect('deviceClass' in trials('')[0]!).toBe(false);
});

test('a class changes no trial', () => {
  const ids = (rest: string): string[] => trials(rest).map(({ id }) => id);
  expect(ids('class: gpu\nwhen: [{ if: { architecture: conv }, then: { class: cpu } }]')).toEqual(ids(''));
});

test('what is no class is refused where it stands', () => {
  const of = (rest: string): string[] => summary(issuesIn(textWith(`${SPACE}\n${rest}`)));
  const reason = '`class`: expected lower-case words with `-` between them, such as gpu or gpu-a100';
  expect(of('class: GPU 1')).toEqual([`not_allowed 4:8 ${reason}`]);
  expect(of('when: [{ if: { beta: 4 }, then: { class: [gpu, cpu] } }]')).toEqual([
    'wrong_type 4:42 `class`: expected a word, got a list',
  ]);
  expect(of('when: [{ if: { beta: 4 }, then: { clas: gpu } }]')).toEqual([
    'unknown_key 4:35 unknown key `clas` in when[0].then; did you mean `class`?',
  ]);
});
