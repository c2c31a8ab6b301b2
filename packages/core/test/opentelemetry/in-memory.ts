// What the SDK's in-memory exporters got: spans by name, and the points of metrics as plain values.
import { AsyncLocalStorage } from 'node:async_hooks'

import {
  ROOT_CONTEXT,
  type Attributes,
  type Context,
  type ContextManager,
} from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace'

export class InMemorySpans {
  readonly #exporter = new InMemorySpanExporter()
  readonly #provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: this.#exporter })],
  })
  readonly tracer = this.#provider.getTracer('test')

  get all(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans()
  }

  named(name: string): ReadableSpan {
    const found = this.all.filter((span) => span.name === name)
    if (found.length !== 1) throw new Error(`${found.length} spans are called ${name}`)
    return found[0]!
  }

  /** The names of the spans, each with its parent's. */
  get tree(): readonly string[] {
    return this.all.map((span) => {
      const id = span.parentSpanContext?.spanId
      const parent = this.all.find((each) => each.spanContext().spanId === id)
      return `${parent?.name ?? (id === undefined ? '' : '?')} > ${span.name}`
    })
  }
}

export interface Point {
  readonly name: string
  readonly unit: string
  readonly attributes: Attributes
  /** A sum, or the count and sum of a histogram. */
  readonly value: unknown
}

export class InMemoryMetrics {
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  readonly #reader = new PeriodicExportingMetricReader({ exporter: this.#exporter })
  readonly #provider = new MeterProvider({ readers: [this.#reader] })
  readonly meter = this.#provider.getMeter('test')

  async points(...names: readonly string[]): Promise<readonly Point[]> {
    this.#exporter.reset()
    await this.#provider.forceFlush()
    const metrics = this.#exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
    return metrics
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor: { name, unit }, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({
          name,
          unit,
          attributes,
          value: typeof value === 'number' ? value : { count: value.count, sum: value.sum },
        })),
      )
      .filter(({ name }) => names.length === 0 || names.includes(name))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#provider.shutdown()
  }
}

/** The context manager that programs get from the SDK for Node, in its smallest form. */
export class StorageContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>()

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(context, () => fn.apply(thisArg, args))
  }

  bind<T>(_context: Context, target: T): T {
    return target
  }

  enable(): this {
    return this
  }

  disable(): this {
    this.#storage.disable()
    return this
  }
}
