"""3rd floor: the clinics of one person. Owns no table."""
