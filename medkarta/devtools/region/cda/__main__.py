"""`python -m medkarta.devtools.region.cda --count N FOLDER`."""

from medkarta.devtools.region.cda.folder import main

main()
