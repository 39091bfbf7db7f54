/** A component could not be installed, or is still absent after it was. */
export class ProvisionError extends Error {
  readonly code = "ERR_COMPONENT_PROVISION";
  override readonly name = "ProvisionError";
}
