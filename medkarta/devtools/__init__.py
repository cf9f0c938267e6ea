"""Tools of the demo and of development; absent from production."""
