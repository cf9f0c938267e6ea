"""3rd floor: vaccinations done and refused, as hospitals report them."""
