/** A terminal's text as a page to be photographed: in a window, in its colours, nothing left out. */

/** By the numbers of the codes that `styleText` writes; `0` to end all, 22 and 39 to end weight and colour. */
const WEIGHTS: Readonly<Record<string, string>> = { 1: 'bold', 2: 'dim' };
const COLOURS: Readonly<Record<string, string>> = { 31: 'red', 32: 'green', 33: 'yellow' };

/** `text` may hold the codes of colours and weights; any other escape is an error. */
export function terminalPage(title: string, text: string, columns: number): string {
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>
<main style="width: calc(${columns}ch + 41px)"><header><i></i><i></i><i></i>${escaped(title)}</header><pre>${markup(text)}</pre></main>`;
}

const STYLE = `
body { margin: 0; background: transparent; font: 14px/1.4 'DejaVu Sans Mono', monospace }
main { display: inline-block; background: #12161c; color: #d7dce2; border-radius: 9px; overflow: hidden }
header { padding: 9px 14px; background: #1e242c; color: #8a94a0; font-size: 12px; display: flex; gap: 7px; align-items: center }
header i { width: 11px; height: 11px; border-radius: 50%; background: #3a434e }
header i:last-of-type { margin-right: 8px }
/* A line that is too long goes on in the next, wherever it is. */
pre { margin: 0; padding: 14px 20px 18px; font: inherit; white-space: break-spaces; line-break: anywhere }
.bold { font-weight: bold; color: #fff }
.dim { color: #8a94a0 }
.red { color: #ff7b72 }
.green { color: #56d364 }
.yellow { color: #e3b341 }
`;

function markup(text: string): string {
  let [weight, colour]: (string | undefined)[] = [undefined, undefined];
  return text
    .split(/\u001b\[(\d+)m/)
    .map((part, i) => {
      if (i % 2 === 0) {
        const classes = [weight, colour].filter((one) => one !== undefined).join(' ');
        return classes === '' || part === '' ? escaped(part) : `<span class="${classes}">${escaped(part)}</span>`;
      }
      if (part in WEIGHTS || part === '22' || part === '0') weight = WEIGHTS[part];
      if (part in COLOURS || part === '39' || part === '0') colour = COLOURS[part];
      return '';
    })
    .join('');
}

/** @throws Error for an escape that is neither colour nor weight */
function escaped(text: string): string {
  if (text.includes('\u001b')) throw new Error(`an escape that a picture has no place for: ${JSON.stringify(text)}`);
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
