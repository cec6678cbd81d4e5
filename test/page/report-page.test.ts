import { AxeBuilder } from '@axe-core/playwright';
import { decode } from 'fast-png';
import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSpec } from '../cli/support.ts';
import { command } from '../support/command.ts';
import { drag, HAS_BROWSER, inBrowser, openInBrowser } from './browser.ts';

const SPEC = `name: "tiny <b>"
dataset: { name: sprites-mini, train: 128, validation: 64 }
parameters:
  beta: [0.5, 1, 4]
  hidden: [[8], [16]]
  latent_dim: 2
seeds: 2
train: { epochs: 3, batch_size: 64 }
`.replace('"tiny <b>"', 'tiny');

let folder: string;
let results: string;
let file: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sweep-page-'));
  results = path.join(folder, 'results');
  const spec = writeSpec(folder, SPEC);
  const { code, stderr } = await command('run', spec, '--device', 'cpu', '--slots', '1', '--results', results);
  if (code !== 0) throw new Error(stderr);
  const page = await command('report', 'tiny', '--format', 'html', '--results', results);
  if (page.code !== 0) throw new Error(page.stderr);
  file = path.join(results, 'tiny', 'report.html');
  expect(page.stdout).toContain(file);
});
afterAll(() => rmSync(folder, { recursive: true }));

const rows = (page: Page): Promise<number> => page.locator('#rows tbody tr').count();
const faded = (page: Page, chart: string): Promise<number> =>
  page.locator(`figure[data-chart="${chart}"] .mark.out`).count();

async function serious(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe.skipIf(!HAS_BROWSER)('the page of a real sweep', () => {
  test(inBrowser('opens from disk, asks nothing of a network, and complains of nothing'), async () => {
    const { page, requests, complaints } = await openInBrowser(file);
    expect(await page.locator('h1').innerText()).toMatch(/^beta .*, hidden .* (leads|wins) with −/);
    expect(await page.locator('html.scripted').count()).toBe(1);
    expect(await rows(page)).toBe(6);
    for (const chart of ['effects', 'parallel', 'plane', 'heat', 'curves', 'health', 'timeline']) {
      expect(await page.locator(`figure[data-chart="${chart}"] svg`).count(), chart).toBe(1);
    }
    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test(
    inBrowser('brushing an axis filters table, plane, gallery and address; a click on it lets all through'),
    async () => {
      const { page } = await openInBrowser(file);
      await page.locator('#parallel').scrollIntoViewIfNeeded();
      const axis = page.locator('figure[data-chart="parallel"] svg .brush-hit').nth(0);
      const middle = (await axis.boundingBox())!.width / 2;
      // β = 4 alone is at the top of its axis.
      const brush = async (): Promise<number> => {
        await drag(page, axis, [middle, 1], [middle, 40]);
        return faded(page, 'parallel');
      };
      await expect.poll(brush).toBe(4);
      await expect.poll(() => rows(page)).toBe(2);
      expect(await faded(page, 'plane')).toBe(4);
      expect(await page.locator('.gallery [data-c]:visible').count()).toBe(2);
      expect(await page.locator('.selection-count').innerText()).toBe('2 of 6 configurations');
      await expect.poll(() => page.url()).toContain('#beta=4..4');
      await axis.click({ position: { x: middle, y: 100 } });
      await expect.poll(() => rows(page)).toBe(6);
      expect(await faded(page, 'plane')).toBe(0);
    },
  );

  test(
    inBrowser('a rectangle in the plane filters; an axis moves by arrow keys; both stand in the address'),
    async () => {
      const { page } = await openInBrowser(file);
      // The best, and whatever else lies as near.
      const best = page.locator('figure[data-chart="plane"] svg .mark[data-c="0"] circle').last();
      const brush = async (): Promise<number> => {
        await drag(page, best, [-8, -8], [8, 8]);
        return faded(page, 'plane');
      };
      // Text that is selected around it is not dragged instead.
      await page.keyboard.press('Control+a');
      await expect.poll(brush).toBeGreaterThan(0);
      await expect.poll(() => page.url()).toMatch(/#val\/kl=[\d.]+&val\/reconstruction=[\d.]+/);
      expect(await rows(page)).toBeLessThan(6);
      const names = (): Promise<string[]> =>
        page.locator('figure[data-chart="parallel"] .axis > text').allTextContents();
      expect(await names()).toEqual(['beta', 'hidden', 'val/elbo']);
      await page.getByRole('button', { name: /^Axis beta/ }).press('ArrowRight');
      expect(await names()).toEqual(['hidden', 'beta', 'val/elbo']);
      await expect.poll(() => page.url()).toContain('axes=hidden,beta');
    },
  );

  test(inBrowser('the form filters as a brush does, by the keyboard alone'), async () => {
    const { page } = await openInBrowser(file);
    await page.keyboard.press('/');
    await page.getByLabel('0.5', { exact: true }).focus();
    await page.keyboard.press('Space');
    await expect.poll(() => rows(page)).toBe(4);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /Remove the filter beta/ }).press('Enter');
    await expect.poll(() => rows(page)).toBe(6);
  });

  test(inBrowser('a link brings the view back: filter, colours, heat map, configuration, theme'), async () => {
    const { page: first } = await openInBrowser(file);
    await first.locator('#rows tbody tr').nth(3).click();
    await expect.poll(() => first.url()).toContain('pick=');
    const pick = new URL(first.url()).hash.slice(1);
    const { page } = await openInBrowser(file, `hidden=%5B8%5D&colour=hidden&theme=dark&heat=hidden,beta&${pick}`);
    expect(await rows(page)).toBe(3);
    expect(await page.locator('#legend select').inputValue()).toBe('hidden');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.locator('#heat').scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator('figure[data-chart="heat"] .cell text[font-weight]').count()).toBe(3);
    expect(await page.locator('aside.card').isVisible()).toBe(true);
    expect(await page.locator('aside.card code').first().textContent()).toMatch(/^sweep show [0-9a-f]{6} --results /);
    await page.keyboard.press('Escape');
    expect(await page.locator('aside.card').isVisible()).toBe(false);
  });

  test(inBrowser('a column sorts both ways'), async () => {
    const { page } = await openInBrowser(file);
    const places = (): Promise<string[]> => page.locator('#rows tbody tr td:first-child').allInnerTexts();
    const before = await places();
    await page.getByRole('button', { name: '#', exact: true }).click();
    await page.getByRole('button', { name: /^#/ }).click();
    expect(await places()).toEqual(before);
    await page.getByRole('button', { name: 'beta', exact: true }).click();
    expect(await page.locator('#rows tbody tr').first().innerText()).toContain('4');
    expect(await page.locator('th[aria-sort]').count()).toBe(1);
  });

  test(inBrowser('axe finds no serious fault, nor too little contrast in the dark'), async () => {
    const { page } = await openInBrowser(file);
    await page.locator('#rows tbody tr').first().click();
    expect(await serious(new AxeBuilder({ page }))).toEqual([]);
    await page.keyboard.press('t');
    await page.locator('html[data-theme="dark"]').waitFor();
    expect(await serious(new AxeBuilder({ page }).withRules('color-contrast'))).toEqual([]);
  });

  test(inBrowser('without scripts the answer, the table and every picture are there'), async () => {
    const { page, complaints } = await openInBrowser(file, '', { javaScriptEnabled: false });
    expect(await page.locator('h1').innerText()).toContain('nats of ELBO');
    expect(await page.locator('#rows tbody tr').count()).toBe(6);
    for (const chart of ['effects', 'parallel', 'plane', 'heat', 'curves', 'health', 'timeline']) {
      const box = await page.locator(`figure[data-chart="${chart}"] svg`).boundingBox();
      expect(box!.height, chart).toBeGreaterThan(60);
    }
    expect(await page.locator('.pixels').count()).toBeGreaterThan(8);
    expect(complaints).toEqual([]);
  });

  test(inBrowser('a phone shows it without scrolling sideways'), async () => {
    const { page } = await openInBrowser(file, '', { viewport: { width: 390, height: 800 } });
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});

test('the page is one file of its own: a strict policy, no address but its own, and the answer in its title', () => {
  const html = readFileSync(file, 'utf8');
  expect(
    /Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;sha256-[^"]+style-src &#39;sha256-/.test(
      html,
    ),
  ).toBe(true);
  expect(html.match(/(?:src|href)="(?!data:|#)[^"]*/g)).toBe(null);
  expect(html.match(/ style="[^"]*/g)).toBe(null);
  expect(html.includes('<title>tiny: beta ')).toBe(true);
});

test('a page goes where it is asked to, and to stdout', async () => {
  const other = path.join(folder, 'other.html');
  const written = await command('report', 'tiny', '--format', 'html', '-o', other, '--results', results);
  expect(written.stdout).toContain('other.html');
  const piped = await command('report', 'tiny', '--format', 'html', '-o', '-', '--results', results);
  expect(piped.stdout).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
  const wrong = await command(
    'report',
    'tiny',
    '--format',
    'html',
    '-o',
    path.join(results, 'sweeps.db'),
    '--results',
    results,
  );
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('a file of the results themselves')]);
});

test('a panel is drawn as SVG and as PNG, of what exists alone', async () => {
  const png = path.join(folder, 'plane.png');
  expect((await command('plot', 'plane', 'tiny', '-o', png, '--width', '500', '--results', results)).code).toBe(0);
  expect(decode(readFileSync(png)).width).toBe(1000);
  const svg = await command('plot', 'heat', 'tiny', '--of', 'hidden,beta', '--results', results);
  expect(svg.stdout).toMatch(/^<svg [^]*<\/svg>\n$/);
  expect(svg.stdout).not.toContain('var(--');
  const unknown = await command('plot', 'plain', 'tiny', '--results', results);
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean `plane`?')]);
  const unnamed = await command('plot', 'plane', 'tiny', '-o', path.join(folder, 'plane.gif'), '--results', results);
  expect([unnamed.code, existsSync(path.join(folder, 'plane.gif'))]).toEqual([2, false]);
});
