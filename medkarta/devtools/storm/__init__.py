"""`make storm`: many clients, killed processes, and what must hold afterwards.

`python -m medkarta.devtools.storm` conducts; it knows no table. Tables are read and written by processes of their own:
`world` lays what is booked, `side` is a clinic's desk and its system, `verdict` checks. `defects` are the faults that a
run plants to prove that its checks see them; the portal itself knows nothing of them.
"""
