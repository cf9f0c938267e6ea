"""Sign-in through any OpenID Connect provider found by discovery: the lawful way for a region behind a gateway."""
