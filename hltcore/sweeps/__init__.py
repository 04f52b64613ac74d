"""Sweeps: one run for each of many seeds, all trained at once, each with the bits that a trainer gives it.

The seeds lie along the last axis of every tensor, so that one operation does a step's work for all of them. Sums are
the catch: a matrix product adds in an order of its own, which its last bits depend on. That order is looked up on this
machine (``summation``), and the same additions are then done elementwise. What was computed so is compared with real
steps before it is believed (``training``), and where it is not the same to the last bit, every seed is trained by
itself.
"""
