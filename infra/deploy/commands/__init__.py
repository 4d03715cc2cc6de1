"""The commands that speak with AWS: deploy, destroy, outputs, configure."""
