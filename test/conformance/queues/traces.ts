import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  type ContextManager,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  type TextMapPropagator,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PermanentError } from '../../../pipelines/stores/errors.ts';
import type { Workshop } from './workshop.ts';

type Recorded = {
  readonly name: string;
  readonly kind: SpanKind | undefined;
  readonly parent: SpanContext | undefined;
  readonly attributes: Record<string, unknown>;
  status?: SpanStatusCode;
  ended: boolean;
};

/** The least of an SDK: spans are noted, contexts follow promises, `traceparent` carries them. */
function installTracing(): Recorded[] {
  const spans: Recorded[] = [];
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, thisArg, ...args) =>
      storage.run(active, () => work.call(thisArg!, ...args)),
    bind: (_active, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  const propagator: TextMapPropagator = {
    inject(active, carrier, setter) {
      const span = trace.getSpanContext(active);
      if (span) setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-01`);
    },
    extract(active, carrier, getter) {
      const [, traceId, spanId] = String(getter.get(carrier, 'traceparent') ?? '').split('-');
      if (!traceId || !spanId) return active;
      return trace.setSpanContext(active, { traceId, spanId, traceFlags: 1, isRemote: true });
    },
    fields: () => ['traceparent'],
  };
  const start = (name: string, options: SpanOptions = {}, active = context.active()): Span => {
    const parent = trace.getSpanContext(active);
    const spanContext = {
      traceId: parent?.traceId ?? 'f'.repeat(32),
      spanId: `${spans.length + 1}`.padStart(16, '0'),
      traceFlags: 1,
    };
    const { kind } = options;
    const recorded: Recorded = {
      ...{ name, kind, parent, attributes: { ...options.attributes }, ended: false },
    };
    spans.push(recorded);
    const span = {
      ...trace.wrapSpanContext(spanContext),
      spanContext: () => spanContext,
      setAttribute: (key: string, value: unknown) => {
        recorded.attributes[key] = value;
        return span;
      },
      setStatus: ({ code }: { code: SpanStatusCode }) => {
        recorded.status = code;
        return span;
      },
      recordException: () => undefined,
      end: () => {
        recorded.ended = true;
      },
    } as unknown as Span;
    return span;
  };
  const tracer = {
    startSpan: start,
    startActiveSpan: (
      name: string,
      options: SpanOptions,
      active: Context,
      work: (span: Span) => unknown,
    ) => {
      const span = start(name, options, active);
      return context.with(trace.setSpan(active, span), () => work(span));
    },
  } as unknown as Tracer;
  context.setGlobalContextManager(manager);
  propagation.setGlobalPropagator(propagator);
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  return spans;
}

/** OpenTelemetry's context follows a job. */
export function describeTraces(shop: Workshop): void {
  let spans: Recorded[];
  beforeEach(() => {
    spans = installTracing();
  });
  afterEach(() => {
    context.disable();
    propagation.disable();
    trace.disable();
  });
  const asked = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
  const whileAsked = <T>(work: () => Promise<T>) =>
    context.with(trace.setSpanContext(ROOT_CONTEXT, asked), work);

  test('runs a handler in a span of the trace in which its job was enqueued', async () => {
    const { job } = await whileAsked(() => shop.queues.enqueue('score', 'traced', {}));
    let within: SpanContext | undefined;
    shop.work(
      async () => {
        within = trace.getActiveSpan()?.spanContext();
      },
      { on: shop.other },
    );
    await shop.becomes(job.id, 'done');
    expect(within?.traceId).toBe(asked.traceId);
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({
      name: 'process score',
      kind: SpanKind.CONSUMER,
      parent: { traceId: asked.traceId, spanId: asked.spanId },
      ended: true,
      attributes: {
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'score',
        'messaging.message.id': job.id,
      },
    });
  });

  test('carries the context through a flow, and each job has its own', async () => {
    const flow = {
      queue: 'score',
      key: 'last',
      payload: {},
      after: [{ queue: 'score', key: 'first', payload: {} }],
    } as const;
    const { job } = await whileAsked(() => shop.queues.enqueueFlow(flow));
    await shop.enqueue('untraced');
    shop.work(async () => {});
    await shop.becomes(job.id, 'done');
    const parents = spans.map(({ parent }) => parent?.traceId ?? null);
    expect(parents.filter((parent) => parent === asked.traceId)).toHaveLength(2);
    expect(parents.filter((parent) => parent === null)).toHaveLength(1);
  });

  test('marks the span of a handler that failed', async () => {
    shop.work(async () => {
      throw new PermanentError('No.', { code: 'test.never' });
    });
    await shop.becomes(await shop.enqueue('failing'), 'dead');
    expect(spans[0]).toMatchObject({
      status: SpanStatusCode.ERROR,
      attributes: { 'error.type': 'PermanentError' },
      ended: true,
    });
  });
}
