import type { Finding } from '../finding.ts';
import { type ExitCode, exitCodes } from './exit.ts';
import type { Output } from './output.ts';

/** Prints what was looked at, each with what to do about it; the answer is no when something is bad. */
export function reportChecks(checks: readonly Finding[], output: Output): ExitCode {
  output.data({ checks });
  const marks = { good: output.style.good('✓'), advice: '·', bad: output.style.bad('✗') };
  for (const { name, verdict, found, todo } of checks) {
    output.line(`${marks[verdict]} ${name}: ${found}`);
    if (todo) output.line(`    ${todo}`);
  }
  return checks.some(({ verdict }) => verdict === 'bad') ? exitCodes.no : exitCodes.done;
}
