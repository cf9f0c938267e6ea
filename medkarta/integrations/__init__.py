"""The outside world. A room reaches a neighbour here only through its `port.py`."""
