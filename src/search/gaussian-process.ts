import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { matern52, matern52Slope } from './matern.ts';

/** All as logarithms: inverse squared length scales by dimension, the variance of the function, and of noise. */
export interface Hyperparameters {
  readonly weights: readonly number[];
  readonly signal: number;
  readonly noise: number;
}

export interface Data {
  /** Features of each point. */
  readonly x: readonly Float64Array[];
  /** Of mean about 0 and variance about 1. */
  readonly y: readonly number[];
  /** Known variance of each, in the unit of `y`; 0 where only the model's own noise is. */
  readonly variances: readonly number[];
  /** Of each feature, whose length scale it has. */
  readonly owners: readonly number[];
}

/** Added to the diagonal: rounding must not make it indefinite. */
const JITTER = 1e-8;

function squaredDistance(a: Float64Array, b: Float64Array, w: Float64Array): number {
  let sum = 0;
  for (let f = 0; f < a.length; f++) {
    const difference = a[f]! - b[f]!;
    sum += w[f]! * difference * difference;
  }
  return sum;
}

function featureWeights(owners: readonly number[], { weights }: Pick<Hyperparameters, 'weights'>): Float64Array {
  return Float64Array.from(owners, (owner) => Math.exp(weights[owner]!));
}

/** The kernel matrix, its decomposition, and the squared distances in its lower triangle. */
function decompose(
  data: Data,
  theta: Hyperparameters,
): { readonly cholesky: CholeskyDecomposition; readonly k: Matrix; readonly squared: Float64Array } {
  const n = data.y.length;
  const w = featureWeights(data.owners, theta);
  const [signal, noise] = [Math.exp(theta.signal), Math.exp(theta.noise)];
  const k = new Matrix(n, n);
  const squared = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    k.set(i, i, signal + noise + data.variances[i]! + JITTER);
    for (let j = 0; j < i; j++) {
      const distance = squaredDistance(data.x[i]!, data.x[j]!, w);
      squared[i * n + j] = distance;
      const value = signal * matern52(distance);
      k.set(i, j, value);
      k.set(j, i, value);
    }
  }
  return { cholesky: new CholeskyDecomposition(k), k, squared };
}

/**
 * Lower triangle, row by row, of (LLᵀ)⁻¹ = L⁻ᵀL⁻¹, n × n. ml-matrix would solve for a whole identity matrix, which took half of
 * all time of a search.
 */
function inverseBy(lower: Matrix): Float64Array {
  const n = lower.rows;
  const rows = Array.from({ length: n }, (_, i) => Float64Array.from(lower.getRow(i)));
  // Column j of L⁻¹, by forward substitution.
  const columns = rows.map((_, j) => {
    const column = new Float64Array(n);
    column[j] = 1 / rows[j]![j]!;
    for (let i = j + 1; i < n; i++) {
      const row = rows[i]!;
      let sum = 0;
      for (let k = j; k < i; k++) sum -= row[k]! * column[k]!;
      column[i] = sum / row[i]!;
    }
    return column;
  });
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += columns[i]![k]! * columns[j]![k]!;
      inverse[i * n + j] = sum;
    }
  }
  return inverse;
}

export interface Normal {
  readonly mean: number;
  readonly deviation: number;
}

/** What hyperparameters are before any result: of the logarithms of each. */
export interface Prior {
  /** Of the inverse squared length scale of each dimension. */
  readonly weights: readonly Normal[];
  readonly signal: Normal;
  readonly noise: Normal;
}

/**
 * Logarithm of the posterior density of hyperparameters, up to a constant, and its gradient in the order weights, signal,
 * noise: the marginal likelihood (Rasmussen & Williams 2006, eqs. 5.8 and 5.9) times the prior.
 */
export function logPosterior(
  data: Data,
  theta: Hyperparameters,
  prior: Prior,
): { readonly value: number; readonly gradient: Float64Array } {
  const n = data.y.length;
  const dimensions = theta.weights.length;
  const { cholesky, k, squared } = decompose(data, theta);
  const lower = cholesky.lowerTriangularMatrix;
  const inverse = inverseBy(lower);
  const y = Matrix.columnVector([...data.y]);
  const alpha = cholesky.solve(y).to1DArray();
  let value = 0;
  for (let i = 0; i < n; i++) value -= 0.5 * data.y[i]! * alpha[i]! + Math.log(lower.get(i, i));

  const w = featureWeights(data.owners, theta);
  const signal = Math.exp(theta.signal);
  const gradient = new Float64Array(dimensions + 2);
  const [signalAt, noiseAt] = [dimensions, dimensions + 1];
  for (let i = 0; i < n; i++) {
    const outer = 0.5 * (alpha[i]! * alpha[i]! - inverse[i * n + i]!);
    gradient[signalAt]! += outer * signal;
    gradient[noiseAt]! += outer * Math.exp(theta.noise);
    const xi = data.x[i]!;
    for (let j = 0; j < i; j++) {
      const xj = data.x[j]!;
      const both = alpha[i]! * alpha[j]! - inverse[i * n + j]!;
      gradient[signalAt]! += both * k.get(i, j);
      const slope = both * signal * matern52Slope(squared[i * n + j]!);
      for (let f = 0; f < w.length; f++) {
        const difference = xi[f]! - xj[f]!;
        if (difference !== 0) gradient[data.owners[f]!]! += slope * w[f]! * difference * difference;
      }
    }
  }

  const vector = toVector(theta);
  for (let p = 0; p < vector.length; p++) {
    const { mean, deviation } = prior.weights[p] ?? (p === signalAt ? prior.signal : prior.noise);
    const z = (vector[p]! - mean) / deviation;
    value -= 0.5 * z * z;
    gradient[p]! -= z / deviation;
  }
  return { value, gradient };
}

function toVector({ weights, signal, noise }: Hyperparameters): Float64Array {
  return Float64Array.from([...weights, signal, noise]);
}

function fromVector(vector: Float64Array): Hyperparameters {
  const dimensions = vector.length - 2;
  return { weights: [...vector.subarray(0, dimensions)], signal: vector[dimensions]!, noise: vector[dimensions + 1]! };
}

const FIT_STEPS = 30;
const BOUNDS = [-12, 8] as const;

/** The likeliest hyperparameters, by Rprop (Riedmiller & Braun 1993), which is exact enough after few steps and needs no line search. */
export function fit(data: Data, prior: Prior): Hyperparameters {
  const start = {
    weights: prior.weights.map(({ mean }) => mean),
    signal: prior.signal.mean,
    noise: prior.noise.mean,
  };
  let current = toVector(start);
  const sizes = new Float64Array(current.length).fill(0.4);
  let before = new Float64Array(current.length);
  let best = { value: -Infinity, vector: current };
  for (let step = 0; step < FIT_STEPS; step++) {
    const { value, gradient } = logPosterior(data, fromVector(current), prior);
    if (value > best.value) best = { value, vector: current };
    const next = Float64Array.from(current);
    const signs = new Float64Array(current.length);
    for (let p = 0; p < next.length; p++) {
      const sign = Math.sign(gradient[p]!);
      const same = sign * before[p]!;
      sizes[p] = same > 0 ? Math.min(1.5, sizes[p]! * 1.3) : same < 0 ? sizes[p]! * 0.4 : sizes[p]!;
      signs[p] = sign;
      next[p] = Math.max(BOUNDS[0], Math.min(BOUNDS[1], next[p]! + sign * sizes[p]!));
    }
    before = signs;
    current = next;
  }
  return fromVector(best.vector);
}

/** What the data say of the function elsewhere. */
export class GaussianProcess {
  readonly #data: Data;
  readonly #weights: Float64Array;
  readonly #signal: number;
  readonly #alpha: readonly number[];
  /** Rows of the lower triangle, one after another. */
  readonly #lower: Float64Array;
  readonly #k: Float64Array;

  constructor(data: Data, theta: Hyperparameters) {
    this.#data = data;
    this.#weights = featureWeights(data.owners, theta);
    this.#signal = Math.exp(theta.signal);
    const { cholesky } = decompose(data, theta);
    const n = data.y.length;
    this.#alpha = cholesky.solve(Matrix.columnVector([...data.y])).to1DArray();
    const lower = cholesky.lowerTriangularMatrix;
    this.#lower = new Float64Array((n * (n + 1)) / 2);
    for (let i = 0, at = 0; i < n; i++) for (let j = 0; j <= i; j++) this.#lower[at++] = lower.get(i, j);
    this.#k = new Float64Array(n);
  }

  mean(x: Float64Array): number {
    const { x: points } = this.#data;
    let mean = 0;
    for (let i = 0; i < points.length; i++) {
      const k = this.#signal * matern52(squaredDistance(x, points[i]!, this.#weights));
      this.#k[i] = k;
      mean += k * this.#alpha[i]!;
    }
    return mean;
  }

  /** Of the function itself, without noise. */
  predict(x: Float64Array): { readonly mean: number; readonly variance: number } {
    const mean = this.mean(x);
    const [k, lower] = [this.#k, this.#lower];
    let variance = this.#signal;
    // v = L⁻¹k by forward substitution, in place.
    for (let i = 0, at = 0; i < k.length; i++) {
      let sum = k[i]!;
      for (let j = 0; j < i; j++) sum -= lower[at++]! * k[j]!;
      const v = sum / lower[at++]!;
      k[i] = v;
      variance -= v * v;
    }
    return { mean, variance: Math.max(variance, 1e-12) };
  }
}
