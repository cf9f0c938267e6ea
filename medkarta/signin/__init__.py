"""Door of people: sign-in through an identity provider, the first consent, the way out."""
