"""Every screen in five combinations with axe on each: `make screens`."""
