"""Flows that were recorded as event streams, rebuilt from their steps: the recorded figures, the order of events and
what each event says has changed.
"""
