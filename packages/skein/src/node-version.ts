/** The oldest Node that Skein runs on: it has what the worker needs of SQLite, zstd and hooks. */
const NEEDED = [24, 21] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

// Evaluated before anything else of the package, some of which an older Node cannot even load.
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  throw new Error(
    `error[node-too-old]: skein needs Node ${NEEDED.join('.')} or newer, ` +
      `and this is Node ${process.versions.node}`,
  );
}
