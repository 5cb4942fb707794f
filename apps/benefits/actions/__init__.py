"""What is done about benefits; see the modules."""
