/**
 * The language of `where`:
 *
 *     comparison = product ("<" | "<=" | ">" | ">=" | "=" | "!=") product
 *     product    = factor { "*" factor }
 *     factor     = number | parameter | ("first" | "last" | "min" | "max" | "length") "(" parameter ")"
 */
import { PARAMETERS } from '../model/parameters.ts';
import type { Parameter } from '../model/parameter.ts';
import { OF_WIDTHS, RELATIONS, termsOf } from './constraint.ts';
import type { Constraint, Side, Term } from './constraint.ts';
import type { IssueCode } from './issue.ts';
import { suggest } from './suggest.ts';

/** What is wrong with a comparison. */
export class ConstraintError extends Error {
  readonly code: IssueCode;
  readonly hint: string;
  constructor(code: IssueCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

const EXAMPLE = 'a comparison reads like latent_dim <= last(hidden)';
const NUMBER = String.raw`(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const TOKEN = new RegExp(String.raw`\s*(?:(?<number>${NUMBER})|(?<name>[a-z_]\w*)|(?<sign>[<>!=]=|[<>=*()]))`, 'iy');

type Kind = 'number' | 'name' | 'sign' | 'end';
interface Token {
  readonly kind: Kind;
  readonly text: string;
}

/** @throws ConstraintError */
export function readConstraint(text: string): Constraint {
  const tokens = new Tokens(text);
  const left = readProduct(tokens);
  const relation = readRelation(tokens);
  const right = readProduct(tokens);
  const rest = tokens.next();
  if (relationOf(rest) !== undefined) {
    const hint = 'write each comparison of two sides as an item of its own';
    throw new ConstraintError('syntax', 'compares more than two sides', hint);
  }
  if (rest.kind !== 'end') throw unexpected(rest, text);
  const constraint: Constraint = { text: text.trim(), left, relation, right };
  if (termsOf(constraint).length === 0) throw new ConstraintError('syntax', 'compares no parameter', EXAMPLE);
  return constraint;
}

class Tokens {
  readonly text: string;
  #at = 0;
  #ahead: Token | undefined;
  constructor(text: string) {
    this.text = text;
  }

  peek(): Token {
    return (this.#ahead ??= this.#read());
  }

  next(): Token {
    const token = this.peek();
    this.#ahead = undefined;
    return token;
  }

  #read(): Token {
    if (this.text.slice(this.#at).trim() === '') return { kind: 'end', text: '' };
    TOKEN.lastIndex = this.#at;
    const groups = TOKEN.exec(this.text)?.groups;
    if (groups === undefined) throw unexpected({ kind: 'sign', text: this.text.slice(this.#at).trim() }, this.text);
    this.#at = TOKEN.lastIndex;
    const kind = (['number', 'name', 'sign'] as const).find((one) => groups[one] !== undefined)!;
    return { kind, text: groups[kind]! };
  }
}

function readProduct(tokens: Tokens): Side {
  let factor = 1;
  const terms: Term[] = [];
  for (;;) {
    const token = tokens.next();
    if (token.kind === 'number') factor *= Number(token.text);
    else if (token.kind === 'name') terms.push(readTerm(token.text, tokens));
    else throw unexpected(token, tokens.text);
    if (!Number.isFinite(factor)) throw new ConstraintError('out_of_range', 'no number is as large', EXAMPLE);
    if (tokens.peek().text !== '*') return { factor, terms };
    tokens.next();
  }
}

function readRelation(tokens: Tokens): Constraint['relation'] {
  const token = tokens.next();
  const relation = relationOf(token);
  if (relation === undefined) throw unexpected(token, tokens.text);
  return relation;
}

function relationOf({ text }: Token): Constraint['relation'] | undefined {
  const relation = text === '==' ? '=' : text;
  return Object.hasOwn(RELATIONS, relation) ? (relation as Constraint['relation']) : undefined;
}

function readTerm(name: string, tokens: Tokens): Term {
  if (tokens.peek().text !== '(') {
    const { values } = parameterCalled(name);
    if (values.kind !== 'widths') return { parameter: name, of: null };
    const ways = Object.keys(OF_WIDTHS).map((of) => `${of}(${name})`);
    throw new ConstraintError('wrong_type', `\`${name}\` is a list of widths`, `compare ${ways.join(', ')}`);
  }
  if (!Object.hasOwn(OF_WIDTHS, name)) {
    throw new ConstraintError('unknown_key', `there is no \`${name}(…)\``, suggest(name, Object.keys(OF_WIDTHS)));
  }
  tokens.next();
  const inside = tokens.next();
  if (inside.kind !== 'name') throw unexpected(inside, tokens.text);
  const { values } = parameterCalled(inside.text);
  if (values.kind !== 'widths') {
    const message = `\`${name}(…)\` takes a list of widths, and \`${inside.text}\` is a number`;
    throw new ConstraintError('wrong_type', message, `write ${inside.text}`);
  }
  const close = tokens.next();
  if (close.text !== ')') throw unexpected(close, tokens.text);
  return { parameter: inside.text, of: name as keyof typeof OF_WIDTHS };
}

const COMPARED = PARAMETERS.filter(({ values }) => values.kind !== 'names').map(({ name }) => name);

function parameterCalled(name: string): Parameter {
  const parameter = PARAMETERS.find((one) => one.name === name);
  if (parameter === undefined) {
    throw new ConstraintError(
      'unknown_key',
      `no parameter is called \`${name.slice(0, 64)}\``,
      suggest(name, COMPARED),
    );
  }
  if (parameter.values.kind === 'names') {
    const message = `\`${name}\` is a word, and only numbers are compared`;
    throw new ConstraintError('wrong_type', message, 'leave out some of its values by `exclude`');
  }
  return parameter;
}

function unexpected({ kind, text }: Token, whole: string): ConstraintError {
  const shown = text.length > 20 ? `${text.slice(0, 20)}…` : text;
  const message = kind === 'end' ? 'the comparison breaks off' : `can't be read from \`${shown}\` on`;
  return new ConstraintError('syntax', message, hintFor(text, whole));
}

function hintFor(text: string, whole: string): string {
  if (/^(and|&|,|or\b|\|)/i.test(text)) return 'write each comparison as an item of its own; all of them must hold';
  if (/^[-+/^%]/.test(text)) return 'a side is a product: numbers and parameters with * between';
  const [, name] = /(\w+)\s*\[\s*-1\s*\]/.exec(whole) ?? [];
  if (name !== undefined) return `write last(${name})`;
  if (text.startsWith('[')) return `write ${Object.keys(OF_WIDTHS).join(', ')} of a list, e.g. first(hidden)`;
  return EXAMPLE;
}
