// Stops with one sentence when the Node that runs the scripts is older than the repository needs.
// On Linux the install brings Node 24 along (optionalDependencies); elsewhere the developer installs it.
// Plain JavaScript without imports, so that any Node can run it.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `Node ${process.versions.node} runs this script; development needs Node 24 or later on the PATH.`,
  )
  process.exit(1)
}
