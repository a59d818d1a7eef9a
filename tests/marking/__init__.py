"""Tests of the marking engine."""
