/** The gallery of a sweep as a value, for the command, a page and programs. */
import { planGallery, type GalleryPlan } from '../analysis/gallery-plan.ts';
import { parseFilter } from '../analysis/filter.ts';
import { wholeSweep } from '../analysis/whole-sweep.ts';
import type { OpenResults, Selection } from './selection.ts';
import { definitionOf } from '../data/definition-of.ts';
import type { CatalogDataset } from '../data/definition.ts';
import { loadHeldOut } from '../data/held-out.ts';
import { SweepError } from '../errors.ts';
import { findSweep, findTrial } from './find-results.ts';
import { drawGallery } from '../pictures/draw-gallery.ts';
import type { Gallery } from '../pictures/gallery.ts';
import type { Panel } from '../pictures/panel.ts';
import { PANELS } from '../pictures/panels/index.ts';
import type { SweepSnapshot } from '../store/read-model.ts';
import { nearest } from '../sweep-file/suggest.ts';
import { plain } from '../text/printable.ts';
import type { TrialId } from '../trial/trial.ts';

export interface GalleryOptions extends Selection {
  /** `reconstructions` by default; see PANELS. */
  readonly panel?: string | undefined;
  /** `best`, or the beginning of a trial's id: only this one, larger. Panels of one trial take the best by default. */
  readonly trial?: string | undefined;
  /** Most configurations; 24 by default. */
  readonly limit?: number | undefined;
  /** Folder to look for data sets in first; only panels that need more images than a trial keeps look. */
  readonly dataDir?: string | undefined;
  /** In place of the data sets that there are. */
  readonly catalog?: readonly CatalogDataset[] | undefined;
}

export const DEFAULT_LIMIT = 24;

/**
 * What completed trials keep, as a labelled sheet: see Gallery.
 * @throws SweepError NOT_FOUND where nothing is completed, or there is no such sweep, trial or value; USAGE for a wrong
 *   panel, filter or trial, and where data differ; DATA_MISSING where the panel needs a data set that is not here
 */
export async function galleryOf(
  { model, layout }: OpenResults,
  name?: string,
  options: GalleryOptions = {},
): Promise<Gallery> {
  const panel = panelOf(options.panel);
  const { where, all = false, limit = DEFAULT_LIMIT, dataDir, catalog } = options;
  const asked = options.trial === undefined || options.trial === 'best' ? undefined : findTrial(model, options.trial);
  const found = findSweep(model, name ?? asked?.sweep);
  const snapshot = all || asked?.inPlan === false ? wholeSweep(found) : found;
  if (asked !== undefined) checkTrial(asked.id, snapshot);
  const filter = where === undefined ? undefined : parseFilter(where, snapshot);
  const ofBest = options.trial === 'best' || (panel.kind === 'rows' && asked === undefined);
  const plan = planGallery(snapshot, { where: filter, limit: ofBest ? 1 : limit, trial: asked?.id });
  const chosen = ofBest ? planGallery(snapshot, { where: filter, limit, trial: bestOf(plan, snapshot) }) : plan;
  const drawn = chosen.entries.flatMap(({ trial }) => trial ?? []);
  const { config } = drawn.find(({ config: { dataset } }) => dataset.labels !== undefined) ?? drawn[0]!;
  const dataset = definitionOf(config.dataset, catalog);
  if (dataset.isReal)
    throw new SweepError('USAGE', `${dataset.name} holds columns of numbers, which have no pictures.`);
  return drawGallery({
    sweep: snapshot.sweep.name,
    plan: chosen,
    panel,
    dataset,
    filesOf: (trial) => layout.files(trial.reusedFrom ?? trial.sweep, trial.id),
    loadHeldOut: (most) => loadHeldOut(config.dataset, most, { dataDir, catalog }),
    idLength: model.idLength(),
  });
}

function panelOf(name: string = PANELS[0].name): Panel {
  const found = PANELS.find((panel) => panel.name === name);
  if (found !== undefined) return found;
  const names = PANELS.map((panel) => panel.name);
  const near = nearest(name, names);
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`;
  throw new SweepError('USAGE', `There is no panel \`${plain(name)}\`.${hint} Panels: ${names.join(', ')}.`);
}

function bestOf({ entries }: GalleryPlan, { sweep }: SweepSnapshot): TrialId {
  const best =
    entries.find(({ rank, trial }) => rank === 1 && trial !== null)?.trial ?? entries.find(({ trial }) => trial)?.trial;
  if (best == null) throw new SweepError('NOT_FOUND', `No trial of ${sweep.name} is completed.`);
  return best.id;
}

function checkTrial(id: TrialId, { sweep, trials }: SweepSnapshot): void {
  const trial = trials.find((one) => one.id === id);
  if (trial === undefined) {
    throw new SweepError('NOT_FOUND', `Trial ${id} is not of ${sweep.name}: leave out the sweep's name.`);
  }
  if (trial.state !== 'completed') {
    throw new SweepError('NOT_FOUND', `Trial ${id} is ${trial.state}: a gallery shows what completed trials keep.`);
  }
}
