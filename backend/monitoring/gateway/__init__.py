"""The door for transmitters (GB/T 26875.3): frames in, stored, confirmed. `python -m backend.monitoring.gateway`."""
