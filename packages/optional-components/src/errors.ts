export type ComponentErrorCode =
  /** A component is absent and was demanded where it is required. */
  | "ERR_COMPONENT_ABSENT"
  /** `BATCHNORM_REQUIRE` names something that is no component. */
  | "ERR_COMPONENT_UNKNOWN";

/** What goes wrong with optional components; `code` tells which. */
export class ComponentError extends Error {
  readonly code: ComponentErrorCode;

  constructor(code: ComponentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ComponentError";
    this.code = code;
  }
}
