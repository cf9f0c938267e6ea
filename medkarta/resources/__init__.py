"""Cellar: received and canonical texts of every FHIR resource, ours included."""
