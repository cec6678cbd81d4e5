import type { LogLine } from '../log.ts';
import { describeJudged } from '../text/describe-judged.ts';
import { describeWait } from '../text/describe-wait.ts';
import type { SchedulerEvent } from './events.ts';

/** What the sweep's log says about an event; undefined for those that come too often to keep. */
export function logLine(event: SchedulerEvent): LogLine | undefined {
  switch (event.type) {
    case 'preparing':
    case 'downloading':
    case 'progress':
    case 'budget':
      return undefined;
    case 'planned': {
      const { added, reused, kept, dropped, recovered, retried } = event.change;
      const fields = { added, reused, kept, dropped, recovered, retried };
      return { level: 'info', message: `plan of ${event.snapshot.trials.length} trials`, fields };
    }
    case 'proposed': {
      const { sampler, seen, trials } = event;
      const fields = { sampler, seen, trials: trials.map(({ id }) => id) };
      return { level: 'info', message: `${sampler} proposes a configuration, having seen ${seen} results`, fields };
    }
    case 'devices': {
      const level = event.devices.every((device) => device.healthy) ? 'info' : 'warn';
      const fields = {
        devices: event.devices.map(({ label, slots, healthy, engine, trouble }) => ({
          label,
          slots,
          healthy,
          engine,
          trouble,
        })),
      };
      return { level, message: `${event.capacity} slots`, fields };
    }
    case 'dispatched': {
      const { trial, attempt, device } = event;
      return { level: 'info', message: `attempt ${attempt} on ${device}`, trial, fields: { attempt, device } };
    }
    case 'started': {
      const { trial, attempt, engine, resumedEpochs } = event;
      const origin = resumedEpochs > 0 ? `resumed after epoch ${resumedEpochs}` : 'from the start';
      const message = `training ${origin}, ${engine.engine} engine on ${engine.provider}`;
      return { level: 'info', message, trial, fields: { attempt, ...engine, resumed_epochs: resumedEpochs } };
    }
    case 'epoch': {
      const { epoch, step, seconds, metrics } = event.record;
      return {
        level: 'info',
        message: `epoch ${epoch}`,
        trial: event.trial,
        fields: { epoch, step, seconds, metrics },
      };
    }
    case 'finished': {
      const { trial, attempt, state, cause, reusedFrom, notAgain } = event;
      const kept = notAgain === undefined ? cause : 'with the result before';
      const reason = reusedFrom === undefined ? kept : `taken over from sweep ${reusedFrom}`;
      const message = reason === null ? state : `${state}: ${reason}`;
      const fields = { attempt, state, ...(reusedFrom !== undefined && { reused_from: reusedFrom }) };
      return { level: state === 'failed' ? 'error' : 'info', message, trial, fields };
    }
    case 'paused': {
      const { trial, attempt, epoch } = event;
      return { level: 'info', message: `paused after epoch ${epoch}`, trial, fields: { attempt, epoch } };
    }
    case 'judged': {
      const { cohort, bracket, rung, epoch, metric, configurations, pruned } = event;
      return {
        level: 'info',
        message: describeJudged(event),
        fields: {
          cohort,
          ...(bracket !== null && { bracket: bracket.place }),
          rung,
          epoch,
          metric,
          configurations,
          pruned,
        },
      };
    }
    case 'chosen': {
      const { configurations, of, trials } = event;
      const message = `${configurations} of ${of} configurations are confirmed with more seeds`;
      return { level: 'info', message, fields: { trials: trials.map(({ id }) => id) } };
    }
    case 'waiting': {
      const { trials, sweeps } = event;
      const level = sweeps.some(({ silent }) => silent) ? 'warn' : 'info';
      const fields = { trials, sweeps: sweeps.map(({ sweep }) => sweep) };
      return { level, message: describeWait(event) ?? 'no longer waiting for another sweep', fields };
    }
    case 'storage': {
      const { trouble } = event;
      if (trouble === null) return { level: 'info', message: 'recording again' };
      return { level: 'warn', message: `paused: ${trouble}` };
    }
    case 'requeued': {
      const { trial, attempt, cause } = event;
      return { level: 'warn', message: `queued again: ${cause}`, trial, fields: { attempt } };
    }
    case 'test_phase':
      return { level: 'info', message: `${event.trials} trials to evaluate on the test split` };
    case 'test_dispatched': {
      const { trial, device } = event;
      return { level: 'info', message: `test split on ${device}`, trial, fields: { device } };
    }
    case 'tested':
      return {
        level: 'info',
        message: 'evaluated on the test split',
        trial: event.trial,
        fields: { metrics: event.metrics },
      };
    case 'test_failed':
      return { level: 'error', message: `no test metrics: ${event.cause}`, trial: event.trial };
    case 'stopping': {
      const message = `${event.now ? 'stopping now' : 'stopping'}, ${event.running} jobs running`;
      return { level: 'info', message };
    }
    case 'log': {
      const { level, message, trial, device } = event;
      return { level, message, ...(trial !== null && { trial }), ...(device !== undefined && { fields: { device } }) };
    }
  }
}
