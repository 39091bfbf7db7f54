import {
  backendImplementation,
  baselineTfjs,
  type Implementation,
  limitOf,
  type Measurement,
  quickBudget,
  type TimeBudget,
  tfjsEngines,
  thisMachine,
  usualBudget,
} from "@batchnorm/benchmarks";
import { components, demand } from "@batchnorm/components";
import type { BackendCheck } from "../check/run-check.js";
import { type AbsentBackend, type KnownBackend, type OpenBackend, openBackends } from "../known-backend.js";
import { ownVersion } from "../version.js";
import { recommend } from "./recommendation.js";
import { type Report, reportSchemaName, reportSchemaVersion } from "./schema.js";

/** What is found on the way to a report. */
export interface Found {
  readonly created: Date;
  readonly quick: boolean;
  open: readonly OpenBackend[];
  absentBackends: readonly AbsentBackend[];
  absentComponents: Report["absent"];
  implementations: readonly Implementation[];
  readonly checks: BackendCheck[];
  readonly measurements: Measurement[];
}

/** A report that has found nothing yet. */
export function nothingFound(quick: boolean): Found {
  return {
    created: new Date(),
    quick,
    open: [],
    absentBackends: [],
    absentComponents: [],
    implementations: [],
    checks: [],
    measurements: [],
  };
}

/** Opens the backends and looks which components are absent. */
export async function look(found: Found, backends: readonly KnownBackend[]): Promise<void> {
  const { open, absent } = await openBackends(backends);
  found.open = open;
  found.absentBackends = absent;
  const presences = await Promise.all(
    components().map(async (component) => ({ name: component.name, presence: await demand(component) })),
  );
  found.absentComponents = presences.flatMap(({ name, presence }) => {
    if (presence.present) return [];
    return [{ kind: "component" as const, name, reason: presence.reason, remedy: presence.remedy }];
  });
}

/** Those that are timed: the backends that passed their checks, and the peers. */
export async function findImplementations(found: Found): Promise<void> {
  const passed = found.open.filter(({ name }) => found.checks.some((check) => check.backend === name && check.passed));
  found.implementations = [
    ...passed.map(({ name, version, bounds, backend, use }) =>
      backendImplementation(backend, { name, version, limit: limitOf(bounds), use }),
    ),
    ...(await baselineOnEveryEngine()),
  ];
}

async function baselineOnEveryEngine(): Promise<Implementation[]> {
  const baselines: Implementation[] = [];
  for (const engine of Object.values(tfjsEngines)) {
    const opened = await baselineTfjs(engine);
    if (!("reason" in opened)) baselines.push(opened); // the backend on the same engine says why it is absent
  }
  return baselines;
}

/** The report of what was found. */
export function reportOf(found: Found): Report {
  const { created, quick, open, absentBackends, absentComponents, implementations } = found;
  const results = {
    peers: implementations
      .filter(({ kind }) => kind === "peer")
      .map(({ name, version, about }) => ({ name, version, about })),
    // the same but for readonly, which a schema does not say
    checks: found.checks as Report["checks"],
    measurements: found.measurements as Report["measurements"],
  };
  return {
    schema: reportSchemaName,
    schemaVersion: reportSchemaVersion,
    created: created.toISOString(),
    version: ownVersion(),
    quick,
    machine: thisMachine(),
    backends: open.map(({ name, packageName, version, backend }) => ({
      name,
      package: packageName,
      version,
      dtypes: [...backend.capabilities.dtypes],
      threads: backend.capabilities.threads,
    })),
    absent: [
      ...absentBackends.map(({ name, absent: { reason, remedy } }) => ({
        kind: "backend" as const,
        name,
        reason,
        remedy,
      })),
      ...absentComponents,
    ],
    budget: budgetOf(quick),
    ...results,
    recommendation: recommend(results),
  };
}

/** How long each implementation is timed. */
export function budgetOf(quick: boolean): TimeBudget {
  return quick ? quickBudget : usualBudget;
}

/** Whether every backend agrees with the specification, in the checks and before the timings. */
export function everyBackendAgrees({ checks, backends, measurements }: Report): boolean {
  const ours = new Set(backends.map(({ name }) => name));
  const timedOnes = measurements.filter(({ implementation }) => ours.has(implementation));
  return checks.every(({ passed }) => passed) && timedOnes.every(({ agrees }) => agrees);
}
