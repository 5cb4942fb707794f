"""Reading benefits; see the modules."""
