"""Rules of benefits on plain values; see the modules."""
