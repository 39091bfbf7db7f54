import { backendComponents, demand } from "@batchnorm/optional-components";
import {
  backendImplementation,
  benchmarkCases,
  type Implementation,
  limitOf,
  type PlannedGroup,
  plain,
  quickBudget,
  type RunEntry,
  type TimeBudget,
  thisMachine,
  usualBudget,
} from "@batchnorm/timing";
import { baselineTfjs, tfjsEngines } from "@batchnorm/timing/tfjs";
import type { BackendCheck } from "../check/run-check.js";
import { type AbsentBackend, type KnownBackend, type OpenBackend, openBackends } from "../known-backend.js";
import { ownVersion } from "../version.js";
import { measurementsOf } from "./lookup.js";
import { recommend } from "./recommendation.js";
import { type Report, reportOperations, reportSchemaName, reportSchemaVersion } from "./schema.js";

/** What is found on the way to a report. */
export interface Found {
  readonly created: Date;
  readonly full: boolean;
  open: readonly OpenBackend[];
  absentBackends: readonly AbsentBackend[];
  absentComponents: Report["absent"];
  implementations: readonly Implementation[];
  readonly checks: BackendCheck[];
  readonly entries: RunEntry[];
}

/** A report that has found nothing yet. */
export function nothingFound(full: boolean): Found {
  return {
    created: new Date(),
    full,
    open: [],
    absentBackends: [],
    absentComponents: [],
    implementations: [],
    checks: [],
    entries: [],
  };
}

/** What is timed: few shapes and briefly, or all; the slowest peers are left out of the large ones. */
export function planOf({ full }: Pick<Found, "full">): { groups: PlannedGroup[]; budget: TimeBudget } {
  const limits = { everyThread: true, everyEngine: true, longestRun: full ? 2000 : 500 };
  const groups = benchmarkCases({ quick: !full }).flatMap((testCase) =>
    reportOperations.map((operation) => ({ case: testCase, task: plain(operation), ...limits })),
  );
  return { groups, budget: full ? usualBudget : quickBudget };
}

/** Opens the backends and looks which components are absent. */
export async function look(found: Found, backends: readonly KnownBackend[]): Promise<void> {
  const { open, absent } = await openBackends(backends);
  found.open = open;
  found.absentBackends = absent;
  const presences = await Promise.all(
    backendComponents.map(async (component) => ({ name: component.name, presence: await demand(component) })),
  );
  found.absentComponents = presences.flatMap(({ name, presence }) => {
    if (presence.present) return [];
    return [{ kind: "component" as const, name, reason: presence.reason, remedy: presence.remedy }];
  });
}

/** Those that are timed: the backends that passed their checks, and TensorFlow.js alone, on its fastest engine first. */
export async function findImplementations(found: Found): Promise<void> {
  const passed = found.open.filter(({ name }) => found.checks.some((check) => check.backend === name && check.passed));
  found.implementations = [
    ...passed.map(({ name, version, bounds, backend, use }) =>
      backendImplementation(backend, { name, version, limit: limitOf(bounds), use }),
    ),
    ...(await baselines()),
  ];
}

async function baselines(): Promise<Implementation[]> {
  const found: Implementation[] = [];
  for (const engine of Object.values(tfjsEngines).reverse()) {
    const opened = await baselineTfjs(engine);
    if (!("reason" in opened)) found.push(opened); // the backend on the same engine says why it is absent
  }
  return found;
}

/** The report of what was found. */
export function reportOf(found: Found): Report {
  const { created, full, open, absentBackends, absentComponents, implementations, entries } = found;
  const results = {
    implementations: implementations.map(({ name, kind, version, about, threads }) => ({
      name,
      kind,
      version,
      about,
      threads,
    })),
    // the same but for readonly, which a schema does not say
    checks: found.checks as Report["checks"],
    groups: entries.flatMap((entry) => ("group" in entry ? [entry.group] : [])),
  };
  return {
    schema: reportSchemaName,
    schemaVersion: reportSchemaVersion,
    created: created.toISOString(),
    version: ownVersion(),
    full,
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
    budget: planOf(found).budget,
    ...results,
    drift: entries.flatMap((entry) => ("drift" in entry ? [entry.drift] : [])),
    recommendation: recommend(results),
  };
}

/** Whether every backend agrees with the specification, in the checks and before the timings, and none fails. */
export function everyBackendAgrees(report: Report): boolean {
  const ours = new Set(report.backends.map(({ name }) => name));
  const wrong = measurementsOf(report).filter(({ outcome }) => outcome === "disagrees" || outcome === "failed");
  return report.checks.every(({ passed }) => passed) && !wrong.some(({ implementation }) => ours.has(implementation));
}
