import type { Usage } from './port.ts';
import type { Prices } from './settings.ts';

/** US dollars. */
export function costUsd(
  { promptTokens, completionTokens }: Pick<Usage, 'promptTokens' | 'completionTokens'>,
  { promptPerMillionUsd, completionPerMillionUsd }: Prices,
): number {
  return (promptTokens * promptPerMillionUsd + completionTokens * completionPerMillionUsd) / 1e6;
}
