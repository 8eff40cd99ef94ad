"""The door for GB/T 26875.3 transmitters: frames in, stored, confirmed. Run as `python -m backend.monitoring.gateway`."""
