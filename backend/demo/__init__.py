"""The demo estate 晨光里, its simulated transmitters, and the drill that sends real frames through the whole path."""
