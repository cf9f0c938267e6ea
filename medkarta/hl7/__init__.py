"""FHIR R4 (4.0.1) and the headers of CDA documents in plain Python: reading, validation, references, values."""
