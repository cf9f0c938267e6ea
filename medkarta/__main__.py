"""`python -m medkarta` is the console script."""

from medkarta.config.cli import main

main()
