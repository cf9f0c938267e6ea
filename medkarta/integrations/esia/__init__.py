"""Sign-in through ESIA («Госуслуги»): endpoints v2/ac and v3/te, the person's data from /rs."""
