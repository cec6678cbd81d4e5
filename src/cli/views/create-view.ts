import { systemClock } from '../../scheduler/clock.ts';
import type { GlobalFlags } from '../flags/flags.ts';
import { jsonView } from './json-view.ts';
import { LiveView } from './live-view.ts';
import { note, print } from '../output.ts';
import { PlainView } from './plain-view.ts';
import { QUIET_VIEW, type RunView } from './run-view.ts';
import { canRedraw } from './terminal-size.ts';

/** How a run is shown here: live on a terminal that can redraw, else line by line. */
export function createView({ json, quiet }: Pick<GlobalFlags, 'json' | 'quiet'>): RunView {
  if (json) return jsonView(print);
  if (quiet) return QUIET_VIEW;
  return canRedraw(process.stderr) ? new LiveView(systemClock, process.stderr) : new PlainView(systemClock, note);
}
