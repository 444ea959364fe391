"""The whole cluster: base backups, the WAL archive, and a second cluster restored beside to a moment."""
