// Installs the optional components that are named, or shows all. Part of npm run setup, which builds what this loads.
import { loadPackage } from "./load-package.mjs";

const { components } = await loadPackage("optional-components");
const { ProvisionError, provision } = await loadPackage("install-components");

// by process.exit, so that what cleans up on "exit" does
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(signal, () => process.exit(code));
}

/** @type {readonly { name: string, purpose: string, probe(): Promise<{ present: boolean, version: string }> }[]} */
const known = components();

/** @param {readonly string[]} names */
async function install(names) {
  const stranger = names.find((name) => known.every((component) => component.name !== name));
  if (stranger !== undefined) {
    const expected = known.map(({ name }) => name).join(", ");
    console.error(`error: there is no component "${stranger}"; expected one of ${expected}`);
    return 2;
  }
  for (const name of names) {
    const { version, path } = await provision(
      known.find((component) => component.name === name),
      console.log,
    );
    console.log(`${name} ${version}${path === undefined ? "" : `, ${path}`}`);
  }
  return 0;
}

async function show() {
  for (const { name, purpose, probe } of known) {
    const presence = await probe();
    console.log(`${name.padEnd(12)}${(presence.present ? presence.version : "absent").padEnd(18)}${purpose}`);
  }
  console.log("\nnpm run setup -- NAME installs what is absent");
  return 0;
}

const names = process.argv.slice(2);
try {
  process.exitCode = names.length > 0 ? await install(names) : await show();
} catch (error) {
  if (!(error instanceof ProvisionError)) throw error;
  console.error(`error: ${/** @type {Error} */ (error).message}`);
  process.exitCode = 2;
}
