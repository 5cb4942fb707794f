"""Forms of benefits; see the modules."""
