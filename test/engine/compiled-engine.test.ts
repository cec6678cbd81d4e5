import { loadEngine } from '../../src/engine/load.ts';
import { engineConformance } from './conformance.ts';

engineConformance('compiled', () => loadEngine({ engine: 'compiled', provider: 'cpu' }));
