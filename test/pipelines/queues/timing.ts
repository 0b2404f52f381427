/** Short, so that tests need not wait for what people would hardly notice. */
export const testTiming = { leaseMs: 600, heartbeatMs: 100, pollMs: 20, backoffMs: 40 };
