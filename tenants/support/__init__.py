"""Questions of people in workspaces to the operators of the platform, and the answers."""
