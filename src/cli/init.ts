import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { messageOf, SweepError } from '../errors.ts';
import { makeFolder } from '../files/make-folder.ts';
import { toJsonLine } from '../render/json-line.ts';
import { nextLine } from '../render/layout/text.ts';
import { plain } from '../text/printable.ts';
import { shellWord } from '../text/shell-word.ts';
import { defineCommand } from './command.ts';
import { SPECS_FOLDER } from './flags/find-spec.ts';
import { repeatFlags, type GlobalFlags } from './flags/flags.ts';
import { note, print, stdoutLayout } from './output.ts';

const NAME = 'first';

export const init = defineCommand({
  options: (yargs) =>
    yargs
      .positional('dir', { type: 'string', default: '.', describe: 'Folder to begin in; made where there is none' })
      .example('$0 init', `writes ${SPECS_FOLDER}/${NAME}.yaml here`)
      .example('$0 init faces', 'in the folder faces')
      .epilogue('Overwrites nothing. Where the folder is in a Git repository, Git is told to leave the results out.'),

  run: async (flags) => {
    const { dir } = flags;
    const spec = path.join(dir, SPECS_FOLDER, `${NAME}.yaml`);
    const ignore = await writing(spec, async () => {
      makeFolder(path.dirname(spec));
      writeFileSync(spec, firstSpec(path.dirname(spec)), { flag: 'wx' });
      return ignoreResults(dir, flags);
    });
    const go = path.relative('', dir) === '' ? '' : `cd ${shellWord(dir)} && `;
    const next = ['plan', 'run'].map((command) => `${go}sweep ${command} ${NAME}${repeatFlags(flags)}`);
    if (flags.json) {
      print(toJsonLine({ schema: 'vae-sweep.init/1', spec, gitignore: ignore, next }));
      return 0;
    }
    print(`Made ${plain(spec)}: eight small VAEs on built-in images, about a minute.`);
    if (ignore !== null) print(`Added the results to ${plain(ignore)}.`);
    if (!flags.quiet) note(nextLine([...next, 'sweep help spec'], stdoutLayout().columns));
    return 0;
  },
});

/** What the system refuses is told of the spec, which the user can name another folder for; then there is none. */
async function writing<Result>(spec: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // Ours, empty on a full disk: it would keep the next try from writing one.
    if (code !== 'EEXIST' && existsSync(spec)) rmSync(spec);
    const what =
      code === 'EEXIST' && lstatSync(spec, { throwIfNoEntry: false }) !== undefined
        ? `${plain(spec)} is there already, and nothing is overwritten. Run it by \`sweep run ${shellWord(spec)}\`, or name another folder: \`sweep init DIR\`.`
        : `Can't write ${plain(spec)}: ${messageOf(error)}`;
    throw new SweepError('USAGE', what, { cause: error });
  }
}

function firstSpec(folder: string): string {
  return `# yaml-language-server: $schema=${schemaFrom(folder)}
# How much does a smooth latent space cost? Eight trials: four values of beta, each with two seeds.
# What may stand here: \`sweep help spec\`. What this would run: \`sweep plan ${NAME}\`.
name: ${NAME}                      # of its folder in results/, and how other commands call it
dataset: sprites-mini            # built in; \`sweep data\` lists the others
parameters:                      # one value is fixed, a list gives choices
  beta: [0.5, 1, 2, 4]           # weight of the KL term; 1 is the VAE
  architecture: mlp              # or conv, or both: [mlp, conv]
  latent_dim: 10
  learning_rate: 1e-3
seeds: 2                         # each configuration so often; 5 tell smaller differences from chance
train: { epochs: 5, batch_size: 128 }
objective: { metric: val/elbo, goal: maximize }    # held out, at beta = 1, whatever beta trained
`;
}

/** Relative where a move of the project takes it along, as in its node_modules. */
function schemaFrom(folder: string): string {
  const schema = path.join(path.dirname(findPackageJSON('..', import.meta.url)!), 'sweep.schema.json');
  const relative = path.relative(folder, schema);
  return relative.startsWith(path.join('..', '..')) ? schema : relative;
}

/** The file that leaves results out of Git from now on; null where there is no need. */
async function ignoreResults(dir: string, flags: GlobalFlags): Promise<string | null> {
  const isElsewhere = repeatFlags(flags) !== '';
  const results = path.relative(dir, isElsewhere ? flags.results : path.join(dir, 'results'));
  if (results === '' || results.startsWith('..') || path.isAbsolute(results) || !isInRepository(dir)) return null;
  if (await isIgnored(dir, results)) return null;
  const file = path.join(dir, '.gitignore');
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  appendFileSync(file, `${before === '' || before.endsWith('\n') ? '' : '\n'}/${results}/\n`);
  return file;
}

function isInRepository(dir: string): boolean {
  const folder = path.resolve(dir);
  const parent = path.dirname(folder);
  return existsSync(path.join(folder, '.git')) || (parent !== folder && isInRepository(parent));
}

/** False where Git can't tell: a line too many does no harm. */
async function isIgnored(cwd: string, results: string): Promise<boolean> {
  try {
    await promisify(execFile)('git', ['check-ignore', '-q', `${results}/`], { cwd });
    return true;
  } catch {
    return false;
  }
}
