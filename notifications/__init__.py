"""Delivers; knows nobody and nothing but the kernel."""
