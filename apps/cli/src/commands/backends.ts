import { components, demand, describePresence } from "@batchnorm/components";
import type { Command } from "commander";
import { type KnownBackend, openBackends } from "../known-backends.js";
import { print, printJson, table } from "../output.js";
import type { Result } from "../program.js";

interface BackendRow {
  readonly name: string;
  readonly package: string;
  readonly version: string | null;
  readonly capabilities: {
    readonly dtypes: readonly string[];
    readonly hostVisible: boolean;
    readonly threads: number;
  } | null;
  readonly absent: string | null;
}

interface ComponentRow {
  readonly name: string;
  readonly purpose: string;
  readonly version: string | null;
  readonly absent: string | null;
}

/** `batchnorm backends` */
export function addBackends(program: Command, { backends }: Result): void {
  program
    .command("backends")
    .description("what this machine can run, with version and capabilities, or absent and why")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const found = { backends: await backendRows(backends), components: await componentRows() };
      if (json) printJson(found);
      else print(asText(found.backends, found.components));
    });
}

async function backendRows(known: readonly KnownBackend[]): Promise<BackendRow[]> {
  const { open, absent } = await openBackends(known);
  const rows = open.map(({ name, packageName, version, backend }) => {
    const { capabilities } = backend; // a closed one has no threads left
    backend.close?.();
    return { name, package: packageName, version, capabilities, absent: null };
  });
  return [
    ...rows,
    ...absent.map(({ name, packageName, absent }) => ({
      name,
      package: packageName,
      version: null,
      capabilities: null,
      absent: describePresence(absent),
    })),
  ];
}

async function componentRows(): Promise<ComponentRow[]> {
  return Promise.all(
    components().map(async (component) => {
      const { name, purpose } = component;
      const presence = await demand(component);
      return presence.present
        ? { name, purpose, version: presence.version, absent: null }
        : { name, purpose, version: null, absent: describePresence(presence) };
    }),
  );
}

function asText(backends: readonly BackendRow[], parts: readonly ComponentRow[]): string {
  const backendLines = backends.map(({ name, package: packageName, version, capabilities, absent }) => [
    name,
    packageName,
    version ?? "",
    capabilities === null ? (absent ?? "") : describeCapabilities(capabilities),
  ]);
  const partLines = parts.map(({ name, purpose, version, absent }) => [name, version ?? (absent as string), purpose]);
  return [
    table(["backend", "package", "version", "capabilities"], backendLines),
    "",
    table(["component", "version", "what it is for"], partLines),
  ].join("\n");
}

function describeCapabilities({ dtypes, hostVisible, threads }: NonNullable<BackendRow["capabilities"]>): string {
  const memory = hostVisible ? "host memory" : "device memory";
  return `${dtypes.join(", ")}; ${threads} ${threads === 1 ? "thread" : "threads"}; ${memory}`;
}
