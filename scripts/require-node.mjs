// Imported before anything that an old Node might not be able to read.
const least = 20;

if (Number(process.versions.node.split(".")[0]) < least) {
  console.error(
    `batchnorm needs Node ${least} or newer; this is Node ${process.versions.node}. See https://nodejs.org`,
  );
  process.exit(1);
}
