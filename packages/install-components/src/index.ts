export { ProvisionError } from "./errors.js";
export type { Installer } from "./installers.js";
export { provision } from "./provision.js";
