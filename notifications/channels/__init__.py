"""One file per way out. Only here are providers' libraries imported."""
