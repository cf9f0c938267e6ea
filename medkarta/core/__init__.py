"""Ground floor: ids, errors, actors and scopes, value types. Knows no section and no table."""
