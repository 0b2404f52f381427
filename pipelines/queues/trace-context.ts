import {
  context,
  INVALID_TRACEID,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Job } from './port.ts';

/** W3C trace context headers, or whatever else the process's propagator carries; often empty. */
export type Carrier = Readonly<Record<string, string>>;

/** The context in which a job is enqueued, to be kept with it. */
export function captureContext(): Carrier {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/**
 * Runs a job's handler in the context in which the job was enqueued, within a span of its own, named and
 * described by the semantic conventions for messaging (opentelemetry.io/docs/specs/semconv/messaging).
 * Costs next to nothing where the process has no OpenTelemetry SDK.
 */
export function withinContext<T>(job: Job, carrier: Carrier, work: () => Promise<T>): Promise<T> {
  const asked = propagation.extract(ROOT_CONTEXT, carrier);
  const attributes = {
    'messaging.system': 'understudy',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': job.queue,
    'messaging.message.id': job.id,
    'messaging.message.conversation_id': job.key,
    'understudy.job.attempt': job.attempts,
  };
  const options = { kind: SpanKind.CONSUMER, attributes };
  const span = trace
    .getTracer('understudy.queues')
    .startSpan(`process ${job.queue}`, options, asked);
  const nobodyLooks = asked === ROOT_CONTEXT && span.spanContext().traceId === INVALID_TRACEID;
  if (nobodyLooks && context.active() === ROOT_CONTEXT) return work();
  return context.with(trace.setSpan(asked, span), () => withinSpan(span, work));
}

async function withinSpan<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    span.setAttribute('error.type', failure.name);
    span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
    span.recordException(failure);
    throw error;
  } finally {
    span.end();
  }
}
