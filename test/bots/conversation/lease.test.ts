import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { isDead, openLease } from '../../../bots/conversation/lease.ts';

const owner = (pid: number | undefined, host = hostname()) => `${pid} a-process a-lease ${host}`;

test('a process of this machine that ended is known to be dead', async () => {
  const child = spawn(process.execPath, ['--eval', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(child, 'spawn');
  expect(isDead(owner(child.pid))).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isDead(owner(child.pid))).toBe(true);
});

const nothing = {
  enter: async () => true,
  leave: async () => undefined,
  renew: async () => undefined,
  release: async () => undefined,
};

test('who had this process’s number before is dead, this process itself is not', () => {
  expect(isDead(owner(process.pid))).toBe(true);
  const lease = openLease(nothing, 60_000);
  expect(isDead(lease.owner)).toBe(false);
});

test('of another machine nothing is known', () => {
  expect(isDead(owner(process.pid, 'elsewhere'))).toBe(false);
  expect(isDead('')).toBe(false);
});
