"""3rd floor: preventive examinations and dispanserization, as hospitals report them."""
