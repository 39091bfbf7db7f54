import { mergeConfig } from "vitest/config";
import { packageTests } from "../../vitest.shared.js";

export default mergeConfig(packageTests("cli"), {
  test: { setupFiles: ["test/own-temporary-folder.ts", "test/without-colour.ts"] },
});
