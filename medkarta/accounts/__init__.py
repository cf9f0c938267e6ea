"""Hall: accounts that an identity provider vouches for, sessions, consents."""
