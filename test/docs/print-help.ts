/** Prints the program's help and that of each command, with form feeds between. For command-pages.ts. */
import { COMMANDS } from '../../src/cli/commands.ts';
import { main } from '../../src/cli/main.ts';

// Each command line listens for errors of its streams.
process.stdout.setMaxListeners(0);
process.stderr.setMaxListeners(0);
await main(['--help']);
for (const { usage } of COMMANDS) {
  process.stdout.write('\f');
  await main([usage.split(' ', 1)[0]!, '--help']);
}
