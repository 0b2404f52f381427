import type { Json, TurnOutcome } from '../state/port.ts';
import type { Asked } from './asked.ts';
import type { Channel, StopReason } from './channel.ts';
import type { Heard } from './conversation.ts';

/** One turn from being taken in until its answer stands: the only state that changes while it is answered. */
export type Run = {
  readonly turn: string;
  readonly channel: Channel;
  /** Keyed hash of who asked. */
  readonly asker: string;
  asked: Asked;
  /** Grows with every change of the question. */
  version: number;
  /** Some of the answer's text was handed out: later messages are a turn of their own. */
  shown: boolean;
  /** Set once; what comes after is not answered. */
  stopped: StopReason | undefined;
  /** Cuts the current attempt. */
  attempt: AbortController;
  where: Json;
  readonly recovered: boolean;
  end: { readonly outcome: TurnOutcome; readonly trace: string } | undefined;
  readonly heard: PromiseWithResolvers<Heard>;
};

export function newRun(
  fixed: Pick<Run, 'turn' | 'channel' | 'asker' | 'asked'> & {
    readonly where?: Json;
    readonly recovered?: boolean;
  },
): Run {
  return {
    where: null,
    recovered: false,
    ...fixed,
    version: 0,
    shown: false,
    stopped: undefined,
    attempt: new AbortController(),
    end: undefined,
    heard: Promise.withResolvers<Heard>(),
  };
}

/** Asks something else instead: a running attempt is cut, and the next one replaces what it showed. */
export function reask(run: Run, asked: Asked): void {
  run.asked = asked;
  run.version += 1;
  run.attempt.abort('restarted' satisfies StopReason);
}

/** Ends the turn where it is. */
export function stopRun(run: Run, reason: Exclude<StopReason, 'restarted'>): void {
  run.stopped ??= reason;
  run.attempt.abort(run.stopped);
}
