"""Prescriptions: what was prescribed, how long it is valid, whether the pharmacy has given it out."""
