/* Spans and metrics for OpenTelemetry, made from the events of every package. Needs `@opentelemetry/api`. */

export { recordTelemetry, type TelemetryOptions } from './record-telemetry.ts'
