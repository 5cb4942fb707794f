"""Pages of benefits; see the modules."""
