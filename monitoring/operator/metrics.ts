import { Gauge, type Registry } from 'prom-client';
import { type QueueName, queueNames } from '../../pipelines/queues/port.ts';
import { checksOf } from './health.ts';
import { part } from './part.ts';
import type { OperatorPorts } from './ports.ts';

/** What only the operator's process tells. A part that cannot be reached is left out, rather than told as it was. */
export function addOperatorMetrics(registry: Registry, ports: OperatorPorts): void {
  const registers = [registry];
  const labelNames = ['queue'] as const;
  new Gauge({
    name: 'understudy_up',
    help: 'Whether a store or the queues answer: 1 or 0.',
    labelNames: ['part'] as const,
    registers,
    async collect() {
      for (const { name, ok } of await checksOf(ports)) this.set({ part: name }, ok ? 1 : 0);
    },
  });
  new Gauge({
    name: 'understudy_queue_paused',
    help: 'Whether a queue is paused: 1 or 0.',
    labelNames,
    registers,
    async collect() {
      this.reset();
      const read = async (queue: QueueName) => [queue, await ports.queues().paused(queue)] as const;
      const found = await part(() => Promise.all(queueNames.map(read)));
      if ('problem' in found) return;
      for (const [queue, paused] of found.value) this.set({ queue }, paused ? 1 : 0);
    },
  });
  addScheduleMetrics(registers, ports);
  new Gauge({
    name: 'understudy_documents_behind',
    help: 'Documents that the current feature set does not have as the warehouse has them, as last counted.',
    registers,
    collect() {
      const { documents, problem } = ports.behind();
      this.remove();
      if (documents !== null && problem === null) this.set(documents);
    },
  });
}

function addScheduleMetrics(registers: Registry[], ports: OperatorPorts): void {
  const labelNames = ['queue'] as const;
  /** Milliseconds past its time, for each recurring job; below zero while it is not due. */
  const late = async () => {
    const found = await part(() => ports.queues().schedules());
    if ('problem' in found) return null;
    const now = Date.now();
    return found.value.map(({ queue, nextAt }) => ({ queue, lateMs: now - Date.parse(nextAt) }));
  };
  new Gauge({
    name: 'understudy_queue_schedules',
    help: 'Recurring jobs.',
    labelNames,
    registers,
    async collect() {
      this.reset();
      for (const { queue } of (await late()) ?? []) this.inc({ queue });
    },
  });
  new Gauge({
    name: 'understudy_queue_schedule_overdue_seconds',
    help: 'How long past its time the latest recurring job of a queue is: whether anybody works it.',
    labelNames,
    registers,
    async collect() {
      this.reset();
      const worst = new Map<QueueName, number>();
      for (const { queue, lateMs } of (await late()) ?? []) {
        worst.set(queue, Math.max(worst.get(queue) ?? 0, lateMs));
      }
      for (const [queue, lateMs] of worst) this.set({ queue }, lateMs / 1_000);
    },
  });
}
