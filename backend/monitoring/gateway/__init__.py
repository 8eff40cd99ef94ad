"""The door for GB/T 26875.3 transmitters: frames in, stored, confirmed. `python -m backend.monitoring.gateway` runs it."""
