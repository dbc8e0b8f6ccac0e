import type { Configuration } from '#configuration.ts';
import type { Intake } from './intake.ts';
export async function watchFiles(_places: Configuration['sources'], _intake: Intake): Promise<void> {}
