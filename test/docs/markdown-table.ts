/** A code span of a table's cell. */
export function code(text: string): string {
  return `\`${text.replaceAll('"', '')}\``;
}

/** A pipe in a cell is escaped, in code spans too: GitHub reads rows before spans. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');
}
