/** What there is to call. */
import type { Command } from './command.ts';

/** A module is loaded only when its command is called for, so that `sweep --help` and `sweep status` start fast. */
type Entry = readonly [usage: string, summary: string, load: () => Promise<Command>, alsoCalled?: readonly string[]];

const ENTRIES: readonly Entry[] = [
  ['init [dir]', 'Write a first spec to begin with', async () => (await import('./init.ts')).init],
  [
    'plan <spec> [overrides..]',
    'Say what a sweep would run, how long and how large',
    async () => (await import('./plan.ts')).plan,
  ],
  [
    'run <spec> [overrides..]',
    'Run a sweep, or go on with it',
    async () => (await import('./run.ts')).run,
    ['resume', 'start'],
  ],
  ['agent', 'Offer the devices of this machine to sweeps', async () => (await import('./agent.ts')).agent, ['worker']],
  ['agents [action] [name]', 'Who offers devices, and what they do', async () => (await import('./agents.ts')).agents],
  ['stop [name]', 'Save a running sweep and stop it', async () => (await import('./stop.ts')).stop, ['cancel']],
  [
    'status [name]',
    'State of the sweeps here, or of one',
    async () => (await import('./status.ts')).status,
    ['ls', 'list', 'ps'],
  ],
  ['report [name]', 'Rank the configurations of a sweep', async () => (await import('./report.ts')).report],
  [
    'effects [names..]',
    'What each swept parameter does',
    async () => (await import('./effects.ts')).effects,
    ['importance'],
  ],
  ['plot <panel> [name]', 'Draw one panel of the report as SVG or PNG', async () => (await import('./plot.ts')).plot],
  ['compare <filters..>', 'Compare settings, trial by trial', async () => (await import('./compare.ts')).compare],
  ['gallery [name]', 'Pictures of what was learnt, on one sheet', async () => (await import('./gallery.ts')).gallery],
  [
    'show [what] [name]',
    'A trial, the best one, or all of a sweep, with verdicts',
    async () => (await import('./show.ts')).show,
  ],
  [
    'reproduce <trial>',
    'Train a trial once more, and compare the bits',
    async () => (await import('./reproduce.ts')).reproduce,
  ],
  ['encode <trial> [name]', 'Latents of images, by a trained model', async () => (await import('./encode.ts')).encode],
  ['decode <trial> [name]', 'Images of latents, by a trained model', async () => (await import('./decode.ts')).decode],
  ['generate <trial> [name]', 'Draw new images', async () => (await import('./generate.ts')).generate, ['sample']],
  [
    'score <trial> [name]',
    'Which images a trained model finds unlikely',
    async () => (await import('./score.ts')).score,
  ],
  ['serve [what]', 'Show a sweep in the browser, live', async () => (await import('./serve.ts')).serve],
  ['logs [name]', 'What a sweep or a trial logged', async () => (await import('./logs.ts')).logs],
  [
    'export [name] [of]',
    'Trials or metrics for other programs; a model as ONNX',
    async () => (await import('./export.ts')).exportResults,
  ],
  ['tag <what> [tags..]', 'Tag a trial or a sweep', async () => (await import('./tag.ts')).tag],
  ['note <what> [text..]', 'Note something of a trial or a sweep', async () => (await import('./note.ts')).note],
  ['gc [name]', 'Free the room of files that nothing needs', async () => (await import('./gc.ts')).gc],
  ['rm <names..>', 'Remove sweeps or trials, with their files', async () => (await import('./rm.ts')).rm],
  [
    'data [path]',
    'Data sets: which there are, and where; or your own images',
    async () => (await import('./data.ts')).data,
  ],
  [
    'completion <shell>',
    'Completion for bash, zsh or fish, to be evaluated',
    async () => (await import('./completion.ts')).completion,
  ],
  ['doctor', 'Check this machine, and say what to fix', async () => (await import('./doctor.ts')).doctor],
];

export interface CommandEntry {
  readonly name: string;
  /** As yargs takes it: the name, then its arguments. */
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
  readonly alsoCalled: readonly string[];
}

export const COMMANDS: readonly CommandEntry[] = ENTRIES.map(([usage, summary, load, alsoCalled = []]) => {
  return { name: usage.split(' ', 1)[0]!, usage, summary, load, alsoCalled };
});
