"""Door of hospital systems: what they send is validated, identified, resolved and handed to its room."""
