"""Door of the patient over his own data: who looked at the record, consents, sessions."""
