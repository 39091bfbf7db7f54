// Writes the documentation of all that is published, from its doc comments, into docs/api; a warning is a failure.
import { join } from "node:path";
import { Application, Converter } from "typedoc";
import { declaredModules } from "./declared-modules.mjs";
import { repositoryRoot } from "./repository.mjs";

const modules = declaredModules();
const app = await Application.bootstrap({
  name: "batchnorm",
  entryPoints: modules.map(({ declarations }) => declarations),
  tsconfig: join(repositoryRoot, "tsconfig.docs.json"),
  readme: "none",
  out: join(repositoryRoot, "docs/api"),
  disableSources: true,
  treatWarningsAsErrors: true,
});
app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
  const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName;
  const own = reflection.parent?.isProject() ? modules.find(({ declarations }) => declarations === file) : undefined;
  if (own) reflection.name = own.name;
});
const project = await app.convert();
if (project !== undefined) {
  app.validate(project);
  await app.generateOutputs(project);
}
process.exitCode = app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0;
