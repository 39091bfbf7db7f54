import {
  absentLines,
  backendComponents,
  demand,
  describePresence,
  type Presence,
} from "@batchnorm/optional-components";
import type { Command } from "commander";
import type { Context } from "../context.js";
import { type AbsentBackend, type KnownBackend, type OpenBackend, openBackends } from "../known-backend.js";
import { print, printJson, table, wrapped } from "../output.js";

type Opened = Pick<OpenBackend, "name" | "packageName" | "version"> & OpenBackend["backend"]["capabilities"];

interface Found {
  readonly open: readonly Opened[];
  readonly absent: readonly AbsentBackend[];
  readonly components: readonly { readonly name: string; readonly purpose: string; readonly presence: Presence }[];
}

/** `batchnorm backends` */
export function define(command: Command, context: Context): void {
  command.option("--json", "print the lists as JSON").action(async ({ json }: { json?: boolean }) => {
    const known = await context.backends();
    const [parts, backends] = await Promise.all([probeComponents(), openAndClose(known)]);
    const found = { ...backends, components: parts };
    if (json) printJson(asJson(found));
    else print(asText(found));
  });
}

async function openAndClose(known: readonly KnownBackend[]): Promise<Omit<Found, "components">> {
  const { open, absent } = await openBackends(known);
  const opened = open.map(({ name, packageName, version, backend }) => {
    const { capabilities } = backend; // a closed one has no threads left
    backend.close?.();
    return { name, packageName, version, ...capabilities };
  });
  return { open: opened, absent };
}

function probeComponents(): Promise<Found["components"]> {
  return Promise.all(
    backendComponents.map(async (one) => ({ name: one.name, purpose: one.purpose, presence: await demand(one) })),
  );
}

function asJson({ open, absent, components: parts }: Found) {
  return {
    backends: [
      ...open.map(({ name, packageName, version, ...capabilities }) => ({
        name,
        package: packageName,
        version,
        capabilities,
        absent: null,
      })),
      ...absent.map(({ name, packageName, absent }) => ({
        name,
        package: packageName,
        version: null,
        capabilities: null,
        absent: describePresence(absent),
      })),
    ],
    components: parts.map(({ name, purpose, presence }) => ({
      name,
      purpose,
      version: presence.present ? presence.version : null,
      absent: presence.present ? null : describePresence(presence),
    })),
  };
}

/** Two tables, and below them why a backend has one thread, what is absent and why: a reason that several share stands once. */
function asText({ open, absent, components: parts }: Found): string {
  const backends = [
    ...open.map((one) => [
      ...[one.name, one.version, one.dtypes.join(", ")],
      ...[String(one.threads), one.hostVisible ? "host" : "engine"],
    ]),
    ...absent.map(({ name }) => [name, "absent"]),
  ];
  const rows = parts.map((part) => [part.name, part.presence.present ? part.presence.version : "absent", part.purpose]);
  const missing = [
    ...absent.map(({ name, absent }) => ({ name, ...absent })),
    ...parts.flatMap(({ name, presence }) => (presence.present ? [] : [{ name, ...presence }])),
  ];
  const alone = open.flatMap(({ name, whyOneThread }) =>
    whyOneThread === undefined ? [] : [`${name} computes on one thread: ${whyOneThread}`],
  );
  return [
    table(["backend", "version", "dtypes", "threads", "memory"], backends, [3]),
    table(["component", "version", "purpose"], rows),
    ...[...alone, ...absentLines(missing)].map((line) => wrapped(line)),
  ].join("\n\n");
}
