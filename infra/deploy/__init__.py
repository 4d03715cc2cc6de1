"""From the tree to AWS: packs each capability alone, and deploys its stacks in their order."""
