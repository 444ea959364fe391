"""Recovery: snapshots of one company, copies beside the live workspace, swaps, drills, leaving."""
