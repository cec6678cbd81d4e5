/**
 * The Sobol sequence beside SciPy's, unscrambled, bit for bit: `npm run test:sobol`. Needs Debian's python3-scipy, or
 * another interpreter with SciPy 1.7 or later, named by BENCH_PYTHON.
 */
import { execFileSync } from 'node:child_process';
import { PEER_PYTHON } from '../bench/peer-process.ts';
import { sobolCoordinate, SOBOL_DIMENSIONS } from '../../src/search/sobol-sequence.ts';
import { note } from './checks.ts';

const POINTS = 1024;
// Python writes a double so that reading it gives the same one.
const PROGRAM = `
import json, sys, scipy
from scipy.stats import qmc
points = qmc.Sobol(${SOBOL_DIMENSIONS}, scramble=False).random(${POINTS})
json.dump({"version": scipy.__version__, "points": points.tolist()}, sys.stdout)
`;

const { version, points } = JSON.parse(
  execFileSync(PEER_PYTHON, ['-c', PROGRAM], { encoding: 'utf8', maxBuffer: 2 ** 26 }),
) as { readonly version: string; readonly points: readonly (readonly number[])[] };

const wrong = points.flatMap((point, index) =>
  point.flatMap((theirs, dimension) => {
    const ours = sobolCoordinate(index, dimension) / 2 ** 32;
    return Object.is(ours, theirs) ? [] : [`point ${index}, dimension ${dimension}: ${ours}, SciPy ${theirs}`];
  }),
);
for (const line of wrong.slice(0, 10)) note(`✗ ${line}`);
const compared = points.reduce((sum, point) => sum + point.length, 0);
note(
  `${compared} coordinates (${SOBOL_DIMENSIONS} dimensions × ${POINTS} points), SciPy ${version}: ${wrong.length} differ`,
);
process.exitCode = wrong.length === 0 && compared === SOBOL_DIMENSIONS * POINTS ? 0 : 1;
