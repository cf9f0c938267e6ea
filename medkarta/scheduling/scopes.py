"""Who may change appointments: a person, a clinic's desk, the portal's own engine."""

from medkarta.core.scopes import PatientScope, StaffScope, WorkerScope

Booker = PatientScope | StaffScope | WorkerScope
