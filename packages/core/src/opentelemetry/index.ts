/* Spans and metrics for OpenTelemetry, made of the events that every package tells. Needs `@opentelemetry/api`. */

export { recordTelemetry, type TelemetryOptions } from './record-telemetry.ts'
