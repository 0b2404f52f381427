import { TransientError } from '../../stores/errors.ts';
import { checkEndpoint } from './address.ts';
import { openAdmission } from './admission.ts';
import { openBreaker } from './breaker.ts';
import { type Clock, systemClock } from './clock.ts';
import { watchHealth } from './health.ts';
import type { Place } from './place.ts';
import type { Endpoint, EndpointSettings, Endpoints } from './port.ts';
import { openRequests } from './requests.ts';

/** @throws PermanentError `<code>.bad-url` for what cannot be an address; RangeError without any endpoint */
export function openEndpoints(
  endpoints: readonly Endpoint[],
  settings: EndpointSettings,
  clock: Clock = systemClock,
): Endpoints {
  const { service, code, healthPath } = settings;
  if (endpoints.length === 0) throw new RangeError('There must be at least one endpoint.');
  for (const endpoint of endpoints) checkEndpoint(endpoint, service, code);

  const changed = () => {
    health?.review();
    admission.dispatch();
  };
  const places = endpoints.map(
    (endpoint): Place => ({
      endpoint,
      breaker: openBreaker(clock, changed),
      healthy: true,
      running: 0,
      succeeded: 0,
      failed: 0,
      quietUntil: 0,
      lastFailure: null,
    }),
  );
  const health = healthPath === null ? null : watchHealth(places, healthPath, clock, changed);
  const admission = openAdmission(places, settings, clock);
  const requests = openRequests(places, admission, settings, clock);
  health?.review();

  return {
    call: requests.call,
    stream: requests.stream,
    states: () =>
      places.map(({ endpoint, breaker, healthy, running, succeeded, failed }) => ({
        url: endpoint.url,
        breaker: breaker.state(),
        healthy,
        running,
        succeeded,
        failed,
      })),
    waiting: admission.waiting,
    async close() {
      health?.stop();
      requests.stop(
        new TransientError(`${service} is no longer asked: this process is closing.`, {
          code: `${code}.closed`,
        }),
      );
    },
  };
}
