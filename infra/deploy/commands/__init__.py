"""The commands of deploying: package, deploy, destroy, outputs, configure."""
